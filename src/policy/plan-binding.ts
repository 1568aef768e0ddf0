import { counted, grouped } from '../kernel/counts.ts';
import { sha256 } from '../kernel/digest.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { Strategy, Window } from '../planner/strategy.ts';
import { differingFields, type IdentityFields } from './identity.ts';

/** What a plan says of one table. */
export interface BoundTable {
  readonly table: string;
  readonly removed: number;
  readonly changed: number;
}

export interface BoundMigration {
  readonly id: string;
  readonly checksum: string;
  readonly tables: readonly BoundTable[];
}

/** The part of a plan that binds the run which it is given to. */
export interface PlanBinding {
  readonly environment: string | null;
  /** What tells the database from its copies, without its address: there may be several ways to it. */
  readonly identity: IdentityFields;
  readonly window: Window;
  readonly strategy: Strategy | null;
  readonly migrations: readonly BoundMigration[];
  /** Hash of the protected sets of the config. */
  readonly protectedSets: string;
  /** By table, hash of its columns, keys and triggers. */
  readonly schema: Readonly<Record<string, string>>;
}

/** As `plan --out` writes it. */
export interface PlanFile extends PlanBinding {
  readonly schemaVersion: 1;
  readonly createdAt: string;
  readonly toolVersion: string;
  /** Of everything that binds; this is what is approved. */
  readonly digest: string;
}

/** The same for the same plan, whoever writes it and in whatever order of fields. */
export function bindingDigest(binding: PlanBinding): string {
  const { environment, identity, window, strategy, migrations, protectedSets, schema } = binding;
  return sha256(
    JSON.stringify([
      ...[environment, sorted(identity), window, strategy],
      migrations.map(({ id, checksum, tables }) => [
        ...[id, checksum],
        tables.map(({ table, removed, changed }) => [table, removed, changed]),
      ]),
      ...[protectedSets, sorted(schema)],
    ]),
  );
}

function sorted<T>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

export interface Comparison {
  readonly now: PlanBinding;
  /** Share of the planned rows by which a count may differ. */
  readonly tolerance: number;
  /** Migrations in batches that were begun under this plan: their counts shrink. */
  readonly begun: ReadonlySet<string>;
}

/**
 * Everything in which a plan does not fit what `up` would do now.
 * @returns HYG_REFUSED_PLAN, or null
 */
export function checkPlanBinding(
  { createdAt, ...planned }: PlanFile,
  { now, tolerance, begun }: Comparison,
): HygieneError | null {
  const differences = [
    ...identityDifferences(planned, now),
    ...windowDifferences(planned, now),
    ...(planned.protectedSets === now.protectedSets
      ? []
      : ['the protected sets of the config are not those of the plan']),
    ...migrationDifferences(planned, now),
    ...schemaDifferences(planned, now),
    ...now.migrations
      .filter(({ id }) => !begun.has(id))
      .flatMap((migration) => countDifferences(planned, migration, tolerance)),
  ];
  return differences.length === 0 ? null : doesNotFit(createdAt, differences);
}

/**
 * What a run has found, held against its plan: the last look, in the run's own transaction.
 * @returns HYG_REFUSED_PLAN, or null
 */
export function checkBoundCounts(
  plan: PlanFile,
  migration: BoundMigration,
  tolerance: number,
): HygieneError | null {
  const differences = countDifferences(plan, migration, tolerance);
  return differences.length === 0 ? null : doesNotFit(plan.createdAt, differences);
}

function identityDifferences(planned: PlanBinding, now: PlanBinding): readonly string[] {
  const fields = differingFields(planned.identity, now.identity).map(
    (each) => `database: ${each.field} was ${String(each.marked)}, is ${String(each.now)}`,
  );
  const [before, after] = [planned.environment, now.environment].map((each) => each ?? 'unmarked');
  return before === after ? fields : [...fields, `environment: was ${before}, is ${after}`];
}

function windowDifferences(planned: PlanBinding, now: PlanBinding): readonly string[] {
  const [before, after] = [planned, now].map(
    ({ window, strategy }) => `${window}${strategy === null ? '' : `, --strategy ${strategy}`}`,
  );
  return before === after ? [] : [`planned for ${before}; this run is ${after}`];
}

function migrationDifferences(planned: PlanBinding, now: PlanBinding): readonly string[] {
  const before = new Map(planned.migrations.map((each) => [each.id, each]));
  const after = new Map(now.migrations.map((each) => [each.id, each]));
  return [
    ...[...after.keys()].filter((id) => !before.has(id)).map((id) => `${id}: not in the plan`),
    ...[...before.keys()]
      .filter((id) => !after.has(id))
      .map((id) => `${id}: in the plan, but not pending any more`),
    ...[...after.values()]
      .filter(({ id, checksum }) => before.has(id) && before.get(id)?.checksum !== checksum)
      .map(({ id }) => `${id}: the file was edited`),
  ];
}

function schemaDifferences(planned: PlanBinding, now: PlanBinding): readonly string[] {
  const tables = new Set([...Object.keys(planned.schema), ...Object.keys(now.schema)]);
  return [...tables]
    .filter((table) => planned.schema[table] !== now.schema[table])
    .map((table) =>
      planned.schema[table] !== undefined && now.schema[table] !== undefined
        ? `${table}: its columns, keys or triggers have changed`
        : `${table}: ${now.schema[table] === undefined ? 'no longer touched' : 'not in the plan'}`,
    );
}

function countDifferences(
  planned: PlanBinding,
  { id, tables }: BoundMigration,
  tolerance: number,
): readonly string[] {
  const before = planned.migrations.find((each) => each.id === id);
  if (before === undefined) return [];
  const names = new Set([...before.tables, ...tables].map(({ table }) => table));
  return [...names].flatMap((table) => {
    const was = before.tables.find((each) => each.table === table);
    const is = tables.find((each) => each.table === table);
    const counts = [
      { what: 'to go', was: was?.removed ?? 0, is: is?.removed ?? 0 },
      { what: 'to change', was: was?.changed ?? 0, is: is?.changed ?? 0 },
    ];
    return counts
      .filter((each) => Math.abs(each.was - each.is) > each.was * tolerance)
      .map((each) => `${table}: ${countDifference(each, tolerance)}`);
  });
}

function countDifference(
  { what, was, is }: { readonly what: string; readonly was: number; readonly is: number },
  tolerance: number,
): string {
  const allowed = tolerance === 0 ? '' : ` (planTolerance ${String(tolerance)})`;
  return `${counted(was, 'row')} ${what} in the plan, ${grouped(is)} now${allowed}`;
}

const SHOWN_MAX = 8;

function doesNotFit(createdAt: string, differences: readonly string[]): HygieneError {
  const shown = differences.slice(0, SHOWN_MAX).map((each) => `  ${each}`);
  const more = differences.length - shown.length;
  return new HygieneError('HYG_REFUSED_PLAN', {
    message: [
      `The plan of ${createdAt} does not fit any more:`,
      ...shown,
      ...(more > 0 ? [`  and ${String(more)} more`] : []),
    ].join('\n'),
    hint: 'Nothing was changed. Look at a new one: hygiene plan --out FILE   (an approval is of one plan)',
    details: { differences },
  });
}
