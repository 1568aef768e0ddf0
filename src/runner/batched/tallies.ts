import type { BatchOutcome } from '../../executor/batch.ts';
import type {
  BatchStatistics,
  Progress,
  SideEffectProgress,
  TableProgress,
} from '../../ledger/progress-rows.ts';

/** What happened between two checkpoints, beside the batch itself. Milliseconds. */
export interface Delta {
  readonly retries: number;
  readonly halvings: number;
  readonly workedMs: number;
  readonly waitedMs: Readonly<Record<string, number>>;
}

export const nothingSince: Delta = { retries: 0, halvings: 0, workedMs: 0, waitedMs: {} };

export function withDelta(statistics: BatchStatistics, delta: Delta): BatchStatistics {
  const waitedMs = { ...statistics.waitedMs };
  for (const [reason, ms] of Object.entries(delta.waitedMs)) {
    waitedMs[reason] = Math.round((waitedMs[reason] ?? 0) + ms);
  }
  return {
    ...statistics,
    retries: statistics.retries + delta.retries,
    halvings: statistics.halvings + delta.halvings,
    workedMs: Math.round(statistics.workedMs + delta.workedMs),
    waitedMs,
  };
}

type BatchTallies = BatchOutcome & {
  readonly step: number;
  readonly sideEffects: readonly SideEffectProgress[];
};

/** The sums with one more batch in them. */
export function withBatch(
  progress: Pick<Progress, 'tables' | 'statistics' | 'rowsDone'>,
  batch: BatchTallies,
): Pick<Progress, 'tables' | 'statistics' | 'rowsDone'> {
  const rows = batch.tallies.reduce((sum, { removed, changed }) => sum + removed + changed, 0);
  const { statistics } = progress;
  const doneByStep = Array.from(
    { length: Math.max(statistics.doneByStep.length, batch.step + 1) },
    (_, at) => (statistics.doneByStep[at] ?? 0) + (at === batch.step ? rows : 0),
  );
  return {
    rowsDone: progress.rowsDone + rows,
    tables: tablesWith(progress.tables, batch),
    statistics: {
      ...statistics,
      batches: statistics.batches + 1,
      kept: statistics.kept + batch.kept,
      gone: statistics.gone + batch.gone,
      doneByStep,
      sideEffects: sideEffectsWith(statistics.sideEffects, batch.sideEffects),
    },
  };
}

function tablesWith(
  tables: readonly TableProgress[],
  { tallies }: BatchTallies,
): readonly TableProgress[] {
  const byName = new Map(tables.map((each) => [JSON.stringify([each.schema, each.table]), each]));
  for (const { table, planned, archived, removed, changed } of tallies) {
    const key = JSON.stringify([table.schema, table.name]);
    const before = byName.get(key);
    byName.set(key, {
      schema: table.schema,
      table: table.name,
      planned: (before?.planned ?? 0) + planned,
      archived: (before?.archived ?? 0) + archived,
      removed: (before?.removed ?? 0) + removed,
      changed: (before?.changed ?? 0) + changed,
    });
  }
  return [...byName.values()];
}

function sideEffectsWith(
  before: readonly SideEffectProgress[],
  added: readonly SideEffectProgress[],
): readonly SideEffectProgress[] {
  const byTable = new Map(before.map((each) => [each.table, each]));
  for (const effect of added) {
    const known = byTable.get(effect.table);
    byTable.set(effect.table, {
      ...effect,
      inserted: (known?.inserted ?? 0) + effect.inserted,
      updated: (known?.updated ?? 0) + effect.updated,
    });
  }
  return [...byTable.values()];
}
