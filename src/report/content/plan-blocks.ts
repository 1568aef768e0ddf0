import { counted, grouped } from '../../kernel/counts.ts';
import type { PlannedTable, PurgePlan } from '../../planner/plan.ts';
import type { PlannedMigration, PlannedStep } from '../../runner/plan-report.ts';
import { duration } from '../wording.ts';
import { type Block, code, paragraph, type RowsOfTable } from './block.ts';

/** What a pending migration would do, with exact counts. */
export function planBlocks(planned: PlannedMigration): readonly Block[] {
  const { steps, refusals, missing, batches } = planned;
  return [
    ...refusals.map((refusal) =>
      paragraph({ text: `Would be refused: ${refusal.message}`, tone: 'bad' }),
    ),
    ...(missing.length === 0
      ? []
      : [
          paragraph({
            text: `Would be skipped: ${missing.join(', ')} is missing here.`,
            tone: 'warn',
          }),
        ]),
    ...steps.flatMap(stepBlocks),
    ...(batches === null
      ? []
      : [paragraph(`In about ${counted(batches.about, 'batch', 'batches')}; each is committed.`)]),
  ];
}

function stepBlocks(step: PlannedStep): readonly Block[] {
  const heading: Block = { kind: 'heading', text: step.label };
  switch (step.kind) {
    case 'purge':
      return [heading, ...purgeBlocks(step.plan)];
    case 'scrub':
      return [
        heading,
        paragraph(`${counted(step.rows, 'row')} of ${grouped(step.total)} would be changed.`),
      ];
    case 'unknown':
      return [heading, paragraph('What it does shows only when it runs; its budget bounds it.')];
  }
}

function purgeBlocks(plan: PurgePlan): readonly Block[] {
  const edges = plan.edges.filter(({ rows, action }) => rows > 0 || action === 'undeclared');
  const right = 'right' as const;
  return [
    { kind: 'rows', tables: plan.tables.map(rowsOf) },
    {
      kind: 'table',
      columns: [{ title: 'strategy' }, { title: 'about', align: right }, { title: '' }],
      rows: plan.options.map(({ strategy, estimatedMs, obstacle }) => [
        strategy,
        duration(estimatedMs),
        strategy === plan.strategy ? 'chosen' : (obstacle ?? 'takes longer'),
      ]),
    },
    ...(edges.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            columns: [
              { title: 'foreign key' },
              { title: 'child' },
              { title: 'parent' },
              { title: 'action' },
              { title: 'rows', align: right },
            ],
            rows: edges.map(({ constraint, child, parent, action, rows }) => [
              ...[code(constraint), code(child), code(parent), action, grouped(rows)],
            ]),
          },
        ]),
    ...plan.warnings.map(({ message }) => paragraph({ text: message, tone: 'warn' })),
  ];
}

function rowsOf({ table, doomed, changed, total, survivors }: PlannedTable): RowsOfTable {
  return { table, before: total, removed: doomed, changed, after: survivors, counted: true };
}
