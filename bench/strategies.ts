import { HygieneError } from '../src/kernel/errors.ts';
import { runStatements } from './copies.ts';
import { type Figure, interleaved, median } from './measure.ts';
import { CHILDREN, purgeWorld, runHygiene, TABLES } from './purge-world.ts';

const RUNS = Number(process.env['BENCH_RUNS'] ?? 7);
const DOOMED = "email like '%@example.com'";

/** What it keeps of the rows that go: a plain copy, of which nothing is proven. */
const ARCHIVE_BY_HAND = [
  `create table archived_users as select * from users where ${DOOMED}`,
  ...CHILDREN.map(
    ([table, column]) => `create table archived_${table} as
       select t.* from ${table} t where not exists (select from kept_users k where k.id = t.${column})`,
  ),
];

/** Survivors out, TRUNCATE, survivors back: the fastest way that people write by hand. */
function survivorRewrite(archive: readonly string[]): readonly string[] {
  return [
    'begin',
    `lock table ${TABLES.join(', ')} in access exclusive mode`,
    `create temp table kept_users on commit drop as select * from users where not (${DOOMED})`,
    'analyze kept_users',
    ...CHILDREN.map(
      ([table, column]) => `create temp table kept_${table} on commit drop as
         select t.* from ${table} t join kept_users k on k.id = t.${column}`,
    ),
    ...archive,
    `truncate ${TABLES.join(', ')}`,
    ...TABLES.map(
      (table) => `insert into ${table} overriding system value select * from kept_${table}`,
    ),
    'commit',
  ];
}

/** What most people do where the foreign keys cascade. It keeps no copy. */
const CASCADE = [`delete from users where ${DOOMED}`];

const maintenance = { window: 'maintenance' } as const;

export async function largeWindowFigures(): Promise<readonly Figure[]> {
  const world = await purgeWorld({ users: 300_000, doomedPercent: 90, indexed: true });
  const against = (
    runs: number,
    archive: boolean,
    statements: readonly string[],
  ): ReturnType<typeof interleaved> =>
    interleaved(
      runs,
      () => world.run((database) => runHygiene(database, { ...maintenance, archive })),
      () => world.run((database) => runStatements(database, statements)),
    );
  const rewrite = await against(RUNS, false, survivorRewrite([]));
  const archiving = await against(Math.min(RUNS, 5), true, survivorRewrite(ARCHIVE_BY_HAND));
  const cascade = await against(Math.min(RUNS, 5), true, CASCADE);
  await world.drop();
  const shared = { unit: 'ms', kind: 'ratio', invalid: world.invalid } as const;
  return [
    {
      ...shared,
      name: 'maintenance, 300 k users, 90 % doomed, archive off, against survivor rewrite',
      ours: rewrite.first,
      reference: rewrite.second,
      bar: 1.3,
    },
    {
      ...shared,
      name: 'the same, archive on, against survivor rewrite that copies what goes',
      ours: archiving.first,
      reference: archiving.second,
      bar: 1.3,
    },
    {
      ...shared,
      name: 'the same, archive on, against ON DELETE CASCADE, which archives nothing',
      ours: cascade.first,
      reference: cascade.second,
      bar: 1 / 3,
    },
  ];
}

export async function unindexedFigures(): Promise<readonly Figure[]> {
  const times = new Map<number, number>();
  const sizes = [10_000, 20_000, 50_000, 100_000, 200_000];
  let cascade = 0;
  let refused = 'was not refused';
  const invalid: string[] = [];
  for (const users of sizes) {
    const world = await purgeWorld({ users, doomedPercent: 90, indexed: false });
    const runs: number[] = [];
    for (let run = 0; run <= RUNS; run += 1) {
      runs.push(
        await world.run((database) => runHygiene(database, { ...maintenance, archive: true })),
      );
    }
    times.set(users, median(runs.slice(1)));
    if (users === 20_000) {
      cascade = await world.run((database) => runStatements(database, CASCADE));
      if (world.invalid !== null) invalid.push(world.invalid);
      await world.run((database) =>
        runHygiene(database, { archive: true }).catch((error: unknown) => {
          refused = error instanceof HygieneError ? error.code : String(error);
        }),
      );
    }
    await world.drop();
  }
  const time = (users: number): number => times.get(users) ?? NaN;
  const growth = [10_000, 50_000, 100_000].map((n) => time(2 * n) / time(n));
  return [
    {
      name: 'maintenance, 20 k users, no FK index, against ON DELETE CASCADE',
      ours: time(20_000),
      reference: cascade,
      unit: 'ms',
      bar: 1 / 100,
      kind: 'ratio',
      invalid: invalid[0] ?? null,
    },
    {
      name: `the same, time for 2n by time for n, worst of ${growth.map((g) => g.toFixed(2)).join(', ')}`,
      ours: Math.max(...growth),
      reference: 1,
      unit: '×',
      bar: 2.3,
      kind: 'ratio',
      invalid: null,
    },
    {
      name: 'the same online: refused, with the index to create',
      ours: refused === 'HYG_REFUSED_UNINDEXED' ? 0 : 1,
      reference: null,
      unit: '',
      bar: 0,
      kind: 'absolute',
      invalid: refused === 'HYG_REFUSED_UNINDEXED' ? null : refused,
    },
  ];
}

export async function fewDoomedFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const users of [1_000, 30_000, 300_000]) {
    const world = await purgeWorld({ users, doomedPercent: 5, indexed: true });
    const { first, second } = await interleaved(
      RUNS,
      () => world.run((database) => runHygiene(database, { ...maintenance, archive: true })),
      () => world.run((database) => runHygiene(database, { archive: true })),
    );
    await world.drop();
    figures.push({
      name: `maintenance, ${String(users / 1000)} k users, 5 % doomed, against delete`,
      ours: first,
      reference: second,
      unit: 'ms',
      bar: 1.1,
      kind: 'ratio',
      invalid: world.invalid,
    });
  }
  return figures;
}
