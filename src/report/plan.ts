import type { PlannedEdge, PlannedTable, PurgePlan } from '../planner/plan.ts';
import type { Window } from '../planner/strategy.ts';
import type { PlannedMigration, PlannedStep, PlanReport } from '../runner/plan-report.ts';
import { errorLines } from './error.ts';
import { plannedGuardLines } from './guard.ts';
import { indented, tableLines, wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { counted, grouped } from '../kernel/counts.ts';
import { duration, upLine } from './wording.ts';

/** What `up` would do, for the person who approves it. */
export function planText(report: PlanReport, style: Style = plainStyle): string[] {
  const { migrations, ledgerInstalled, isNew } = report;
  const asides = [
    ...asideLines(report),
    ...(ledgerInstalled ? [] : ['The ledger is not installed yet; the first `up` makes it.']),
    ...(isNew
      ? ['No table holds a row. A new database needs no cleanup: hygiene baseline --all']
      : []),
  ];
  if (migrations.length === 0) return [...asides, nothingPending(report)];
  return [
    ...migrations.flatMap((migration) => [...migrationLines(migration, report.window, style), '']),
    ...asides,
    ...wrapped(sumLine(migrations)).map(style.bold),
    nextLine(report),
  ];
}

function nothingPending({ selected }: PlanReport): string {
  return `Nothing is pending: ${counted(selected.applied.length, 'migration')} applied.`;
}

/** Migrations that are there and would not run. */
export function asideLines({
  selected,
  elsewhere,
}: Pick<PlanReport, 'selected' | 'elsewhere'>): string[] {
  return [
    ...selected.held.flatMap((id) => [
      `held: ${id} (its rows were restored)`,
      `  To release it: hygiene reapply ${id} --reason '…'`,
    ]),
    ...selected.leftOut.map((id) => `left out: ${id} (older than the newest applied one)`),
    ...elsewhere.map((id) => `elsewhere: ${id} (meant for other environments)`),
  ];
}

function migrationLines(migration: PlannedMigration, window: Window, style: Style): string[] {
  const { id, description, irreversible, missing, steps, guards, refusals, batches } = migration;
  const guardWindow = batches === null ? window : 'online';
  return [
    style.bold(id),
    ...indented([
      ...wrapped(description, 98),
      ...(irreversible === null ? [] : wrapped(`cannot be undone: ${irreversible}`, 98)),
      ...(missing.length === 0 ? [] : [`would be skipped: ${missing.join(', ')} is missing here`]),
      ...steps.flatMap((step) => stepLines(step, style)),
      ...(batches === null ? [] : [batchesLine(batches)]),
      ...guards.flatMap((guard) => plannedGuardLines(guard, guardWindow)),
      ...refusals.flatMap((refusal) => [
        'would be refused:',
        ...indented(errorLines(refusal, style)),
      ]),
    ]),
  ];
}

function batchesLine({ firstSize, about }: NonNullable<PlannedMigration['batches']>): string {
  return `in about ${counted(about, 'batch', 'batches')}, the first of ${counted(firstSize, 'listed row')}; each is committed`;
}

function stepLines(step: PlannedStep, style: Style): string[] {
  switch (step.kind) {
    case 'purge':
      return purgeLines(step.label, step.plan, style);
    case 'scrub':
      return [
        `${step.label}: ${counted(step.rows, 'row')} of ${grouped(step.total)} to change`,
        ...nullLines(step.nullRows, step.label.replace(/^scrub /, '')),
      ];
    case 'unknown':
      return [`${step.label}: what it does shows only when it runs; its budget bounds it`];
  }
}

function purgeLines(label: string, plan: PurgePlan, style: Style): string[] {
  const edges = plan.edges.filter(({ rows, action }) => rows > 0 || action === 'undeclared');
  const warnings = plan.warnings.filter(({ kind }) => kind !== 'guard');
  return [
    `${label} (about ${duration(plan.estimatedMs)})`,
    ...indented([
      ...tableLines(TABLE_COLUMNS, plan.tables.map(tableCells)),
      ...(edges.length === 0 ? [] : tableLines(EDGE_COLUMNS, edges.map(edgeCells))),
      ...strategyLines(plan),
      ...nullLines(plan.nullPredicateRows, plan.root),
      ...warnings.flatMap(({ message, sql }) => [
        ...wrapped(`${style.yellow('warning:')} ${message}`, 94),
        ...(sql === null ? [] : [`  ${sql}`]),
      ]),
    ]),
  ];
}

const TABLE_COLUMNS = [
  { title: 'table' },
  { title: 'remove', align: 'right' },
  { title: 'change', align: 'right' },
  { title: 'of', align: 'right' },
  { title: 'lock' },
] as const;

function tableCells({ table, doomed, changed, total, lock }: PlannedTable): string[] {
  return [table, grouped(doomed), grouped(changed), total === null ? '–' : grouped(total), lock];
}

const EDGE_COLUMNS = [
  { title: 'foreign key' },
  { title: 'child → parent' },
  { title: 'action' },
  { title: 'rows', align: 'right' },
] as const;

function edgeCells({ constraint, child, parent, action, rows }: PlannedEdge): string[] {
  return [constraint, `${child} → ${parent}`, action, grouped(rows)];
}

/** The choice, what each would take, and why it is not the others. */
function strategyLines({ options, strategy, rewritten, detached }: PurgePlan): string[] {
  const rows = options.map((option) => {
    const isChosen = option.strategy === strategy;
    const why = isChosen ? 'chosen' : (option.obstacle ?? 'takes longer');
    return [option.strategy, duration(option.estimatedMs), why];
  });
  return [
    ...tableLines([{ title: 'strategy' }, { title: 'about', align: 'right' }, { title: '' }], rows),
    ...(rewritten.length === 0 ? [] : wrapped(`emptied and filled: ${rewritten.join(', ')}`, 94)),
    ...(detached.length === 0
      ? []
      : wrapped(`foreign keys switched off meanwhile: ${detached.join(', ')}`, 94)),
  ];
}

function nullLines(count: number, table: string): string[] {
  if (count === 0) return [];
  return [`The predicate is NULL for ${counted(count, 'row')} of ${table}: not selected.`];
}

function sumLine(migrations: readonly PlannedMigration[]): string {
  const { removed, changed, tables, milliseconds, unknown } = totals(migrations);
  const changes = changed === 0 ? '' : `, ${grouped(changed)} to change`;
  const extent = `${counted(removed, 'row')} to remove${changes} in ${counted(tables, 'table')}`;
  const more =
    unknown === 0 ? '' : `, and ${counted(unknown, 'step')} whose effect is not known before`;
  return `${counted(migrations.length, 'migration')} pending: ${extent}, about ${duration(milliseconds)}${more}.`;
}

export interface PlanTotals {
  readonly removed: number;
  readonly changed: number;
  readonly tables: number;
  readonly milliseconds: number;
  /** Steps whose effect shows only when they run. */
  readonly unknown: number;
}

export function totals(migrations: readonly PlannedMigration[]): PlanTotals {
  const steps = migrations.flatMap((migration) => migration.steps);
  const plans = steps.flatMap((step) => (step.kind === 'purge' ? [step.plan] : []));
  const scrubs = steps.flatMap((step) => (step.kind === 'scrub' ? [step] : []));
  const touched = plans
    .flatMap(({ tables }) => tables)
    .filter((each) => each.doomed + each.changed > 0);
  const sum = (numbers: readonly number[]): number =>
    numbers.reduce((total, each) => total + each, 0);
  return {
    removed: sum(touched.map(({ doomed }) => doomed)),
    changed: sum(touched.map(({ changed }) => changed)) + sum(scrubs.map(({ rows }) => rows)),
    tables: new Set([
      ...touched.map(({ table }) => table),
      ...scrubs.filter(({ rows }) => rows > 0).map(({ label }) => label.replace(/^scrub /, '')),
    ]).size,
    milliseconds: sum(plans.map(({ estimatedMs }) => estimatedMs)),
    unknown: steps.filter(({ kind }) => kind === 'unknown').length,
  };
}

function nextLine({ migrations, ...how }: PlanReport): string {
  const refused = migrations.filter(({ refusals }) => refusals.length > 0).length;
  return refused === 0
    ? `Nothing was changed. Next: ${upLine(how)}`
    : `Nothing was changed. ${counted(refused, 'migration')} would be refused: see above what would allow it.`;
}
