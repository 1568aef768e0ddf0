import { expect } from '@jest/globals';

import { purge, rows } from '../../src/authoring/steps.ts';
import { id, sql } from '../../src/kernel/sql.ts';
import type { RowSet } from '../../src/planner/steps.ts';
import type { PlannedMigration, PlanReport } from '../../src/runner/plan-report.ts';
import { evidenceOf } from '../engine/workbench.ts';
import type { RunnableMigration } from '../../src/runner/runnable.ts';
import type { SuiteDatabase } from '../support/database.ts';
import { databaseScript, quoted, quotedTable, readTables } from './database-script.ts';
import { type Expected, expectedOutcome, type Outcome } from './oracle.ts';
import { type How, PropertyBench } from './property-bench.ts';
import type { RandomDatabase, Row, TableSpec } from './random-database.ts';

/** What all the runs of a property share. */
export interface PurgeWorld {
  readonly database: Pick<SuiteDatabase, 'query' | 'execute'>;
  readonly bench: PropertyBench;
  /** What is applied already; a file that is missing would be a refusal. */
  readonly applied: RunnableMigration[];
  /** How often the oracle said which: were one of them missing, half of the property would prove nothing. */
  readonly seen: Record<Expected['kind'], number>;
  /** The strategies by which tables were purged. */
  readonly strategies: Set<string>;
}

export async function openWorld(database: SuiteDatabase): Promise<PurgeWorld> {
  const bench = await PropertyBench.open(database, ['public']);
  return { database, bench, applied: [], seen: { applied: 0, refused: 0 }, strategies: new Set() };
}

/** Plans and applies one purge of one random database, and holds both against the oracle. */
export async function checkPurge(
  world: PurgeWorld,
  random: RandomDatabase,
  asked?: How,
): Promise<void> {
  const { database, bench, applied } = world;
  await dropArchives(database);
  await database.execute(databaseScript(random));
  const transaction = (asked?.batchSize ?? null) === null ? 'single' : 'batched';
  const migration = { ...purgeOf(random, bench.nextId()), transaction } as const;
  const expected = expectedOutcome(random);

  const protect = protectedSets(random);

  const how = await possible(asked, (each) => bench.plan([...applied, migration], protect, each));
  const planned = await bench.plan([...applied, migration], protect, how);
  expect(await rowsOf(database, random)).toEqual(random.rows);
  expectPlan(random, planned.migrations[0], expected);

  const report = await bench.up([...applied, migration], protect, how);
  if (expected.kind === 'applied') {
    expect(report.error).toBeNull();
    applied.push(migration);
    for (const { strategy } of evidenceOf(report).tables) world.strategies.add(strategy);
    expect(await rowsOf(database, random)).toEqual(expected.outcome.survivors);
  } else {
    expect(expected.codes).toContain(report.error?.code);
    expect(await rowsOf(database, random)).toEqual(random.rows);
  }
  const empty = random.tables.map(() => []);
  await expectArchive(world, {
    random,
    migration: migration.id,
    kinds:
      expected.kind === 'applied'
        ? { rows: expected.outcome.doomed, mutations: expected.outcome.changed }
        : { rows: empty, mutations: empty },
  });
  const events = await database.query<{ event: string }>(
    'select event from hygiene.ledger where migration_id = $1 order by seq',
    [migration.id],
  );
  expect(events.map(({ event }) => event)).toEqual([
    'started',
    expected.kind === 'applied' ? 'applied' : 'failed',
  ]);
  world.seen[expected.kind] += 1;
}

/** Where the strategy that is asked for is not possible, the plan says so, and the planner shall choose. */
async function possible(
  asked: How | undefined,
  plan: (how: How | undefined) => Promise<PlanReport>,
): Promise<How | undefined> {
  if (asked === undefined) return undefined;
  const [planned] = (await plan(asked)).migrations;
  const isRefused = planned?.refusals.some(({ code }) => code === 'HYG_REFUSED_STRATEGY') ?? false;
  return isRefused ? { ...asked, strategy: null } : asked;
}

export async function expectIntactLedger({ database }: PurgeWorld): Promise<void> {
  const chain = await database.query('select ok, problem from hygiene.verify_ledger()');
  expect(chain).toEqual([{ ok: true, problem: null }]);
}

export function purgeOf(
  { tables, dependents, mode }: RandomDatabase,
  name: string,
): RunnableMigration {
  const [root] = tables;
  if (root === undefined) throw new Error('no table');
  const flag = sql`${id(root.name, 'flag')}`;
  const target = rows([root.schema, root.name], mode === 'match' ? flag : { keep: flag });
  return {
    id: name,
    checksum: `sha256:${name}`,
    description: 'Purge what is flagged',
    ticket: null,
    environments: null,
    requires: [],
    irreversible: null,
    budget: {},
    transaction: 'single',
    up: { kind: 'steps', steps: [purge(target, { dependents, budget: { max: 1_000 } })] },
    verify: async ({ expect: check }) => {
      await check.none(target);
    },
  };
}

export function protectedSets({ tables, protectedRow }: RandomDatabase): readonly RowSet[] {
  const table = protectedRow === null ? undefined : tables[protectedRow.table];
  if (table === undefined || protectedRow === null) return [];
  return [rows([table.schema, table.name], sql`tag = ${protectedRow.tag}`)];
}

function expectPlan(
  { tables }: RandomDatabase,
  planned: PlannedMigration | undefined,
  expected: Expected,
): void {
  const codes = planned?.refusals.map(({ code }): string => code) ?? [];
  if (expected.kind === 'refused') {
    const foreseen = expected.codes.filter((code) => code.startsWith('HYG_REFUSED'));
    expect([...codes].sort()).toEqual([...foreseen].sort());
    return;
  }
  expect(codes).toEqual([]);
  const [step] = planned?.steps ?? [];
  if (step?.kind !== 'purge') throw new Error('a purge was not planned');
  const { outcome } = expected;
  const counts = step.plan.tables
    .filter(({ doomed, changed }) => doomed + changed > 0)
    .map(({ table, doomed, changed }) => ({ table, doomed, changed }));
  expect(counts.sort(byTable)).toEqual(expectedCounts(tables, outcome).sort(byTable));
  const edges = step.plan.edges.map(({ constraint, rows: count }) => [constraint, count] as const);
  expect(new Map(edges)).toEqual(outcome.edges);
  expect(step.plan.nullPredicateRows).toBe(outcome.nullPredicateRows);
}

interface TableCounts {
  readonly table: string;
  readonly doomed: number;
  readonly changed: number;
}

function expectedCounts(tables: readonly TableSpec[], outcome: Outcome): TableCounts[] {
  return tables
    .map(({ schema, name }, at) => ({
      table: `${schema === 'public' ? '' : `${schema}.`}${/^[a-z_0-9]+$/.test(name) ? name : quoted(name)}`,
      doomed: (outcome.doomed[at] ?? []).length,
      changed: (outcome.changed[at] ?? []).length,
    }))
    .filter(({ doomed, changed }) => doomed + changed > 0);
}

function byTable(a: TableCounts, b: TableCounts): number {
  return a.table < b.table ? -1 : 1;
}

interface ExpectedArchive {
  readonly random: RandomDatabase;
  readonly migration: string;
  /** By kind and table. */
  readonly kinds: Readonly<Record<'rows' | 'mutations', readonly (readonly Row[])[]>>;
}

/** Exactly the archive tables that are called for, with exactly those rows. */
async function expectArchive({ database }: PurgeWorld, expected: ExpectedArchive): Promise<void> {
  const { random, migration, kinds } = expected;
  const listed = await database.query<{ at: string; archive_table: string; rows: string }>(
    `select source_schema || '.' || source_table || ' ' || kind as at, archive_table, rows
       from hygiene.archives where migration_id = $1`,
    [migration],
  );
  const wanted = (['rows', 'mutations'] as const).flatMap((kind) =>
    random.tables.map((table, at) => ({
      table,
      at: `${table.schema}.${table.name} ${kind}`,
      content: kinds[kind][at] ?? [],
    })),
  );
  const filled = wanted.filter(({ content }) => content.length > 0);
  expect(listed.map(({ at }) => at).sort()).toEqual(filled.map(({ at }) => at).sort());
  const archives = filled.map(({ at, table }) => {
    const name = listed.find((each) => each.at === at)?.archive_table ?? '';
    return { from: `hygiene_archive.${quoted(name)}`, table };
  });
  if (archives.length > 0) {
    expect(await readAll(database, archives)).toEqual(filled.map(({ content }) => content));
  }
  // The list of a run in batches that failed is for the next run.
  const kept = (await archiveTables(database)).filter((name) => !name.includes('.frozen_'));
  expect(kept).toHaveLength(archives.length);
}

async function archiveTables(database: PurgeWorld['database']): Promise<readonly string[]> {
  const tables = await database.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'hygiene_archive'",
  );
  return tables.map(({ name }) => name);
}

/** So that the catalog stays small, however many runs there are. */
export async function dropArchives(database: PurgeWorld['database']): Promise<void> {
  const tables = await archiveTables(database);
  if (tables.length > 0) await database.execute(`drop table ${tables.join(', ')}`);
}

export function rowsOf(
  database: PurgeWorld['database'],
  { tables }: RandomDatabase,
): Promise<readonly Row[][]> {
  return readAll(
    database,
    tables.map((table) => ({ from: quotedTable(table), table })),
  );
}

async function readAll(
  database: PurgeWorld['database'],
  sources: Parameters<typeof readTables>[0],
): Promise<readonly Row[][]> {
  const [row] = await database.query<Record<string, Row[]>>(readTables(sources));
  return sources.map((_, at) => row?.[String(at)] ?? []);
}
