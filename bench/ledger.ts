import { installLedger } from '../test/ledger/installed-ledger.ts';
import { createDatabase, type TestDatabase } from '../test/support/cloned-database.ts';
import { type Figure, interleaved, timed } from './measure.ts';

const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 10_000);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 7);

/** What an event of an ordinary migration holds. */
const EVENT = `jsonb_build_object(
  'event', 'backup', 'migration_id', 'm' || n % 100, 'generation', 1, 'checksum', 'sha256:' || md5(n::text),
  'rows', jsonb_build_array(jsonb_build_object('table', 'users', 'planned', n, 'archived', n, 'removed', n)),
  'checks', jsonb_build_array(jsonb_build_object('label', 'none of users', 'actual', '0 rows', 'passed', true)),
  'evidence', jsonb_build_object('description', 'Remove the demo accounts', 'text', repeat(md5(n::text), 20))
)`;

/** The proof of the whole chain: how long it takes, and whether that grows with the events alone. */
export async function ledgerFigures(): Promise<readonly Figure[]> {
  const once = await ledgerOf(EVENTS);
  const twice = await ledgerOf(2 * EVENTS);
  const { first, second } = await interleaved(
    RUNS,
    () => verified(twice, 2 * EVENTS),
    () => verified(once, EVENTS),
  );
  await once.drop();
  await twice.drop();
  const name = `verify_ledger() of ${EVENTS.toLocaleString('en-US')} events`;
  return [
    {
      ...{ name, ours: second, reference: null, unit: 'ms', bar: 2_000 },
      kind: 'absolute',
      invalid: null,
    },
    {
      ...{ name: `${name}, against twice as many`, ours: first, reference: second, unit: 'ms' },
      bar: 2.3,
      kind: 'ratio',
      invalid: null,
    },
  ];
}

async function ledgerOf(events: number): Promise<TestDatabase> {
  const database = await createDatabase();
  const { connection } = await installLedger(database.url);
  await connection.close();
  await database.execute(
    `select hygiene.append_event(${EVENT}) from generate_series(1, ${String(events)}) as n`,
  );
  await database.execute('vacuum analyze hygiene.ledger');
  return database;
}

function verified(database: TestDatabase, events: number): Promise<number> {
  return timed(async () => {
    const [proof] = await database.query<{ ok: boolean; events: number }>(
      'select ok, events::int from hygiene.verify_ledger()',
    );
    if (proof?.ok !== true || proof.events !== events) throw new Error('the chain is not intact');
  });
}
