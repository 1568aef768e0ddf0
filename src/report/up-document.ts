import type { Evidence } from '../runner/evidence.ts';
import type { MigrationResult } from '../runner/migration-result.ts';
import type { UpReport } from '../runner/up.ts';
import type { Fields } from './document.ts';
import { errorDocument } from './error.ts';
import { guardOutcomeDocument } from './guard.ts';
import { rowTotals } from './up.ts';

type UpOutcome = 'applied' | 'in_progress' | 'nothing to do' | 'skipped' | 'failed';

export function upOutcome({ error, results }: UpReport): UpOutcome {
  if (error !== null) return 'failed';
  const kinds = new Set(results.map(({ outcome }) => outcome.kind));
  if (kinds.has('in_progress')) return 'in_progress';
  if (kinds.has('applied') || kinds.has('applied unseen')) return 'applied';
  return kinds.has('skipped') ? 'skipped' : 'nothing to do';
}

export function upDocument(report: UpReport & { readonly runId: string }): Fields {
  const { runId, results, remaining, selected, elsewhere, guards } = report;
  const { applied, held, leftOut } = selected;
  return {
    runId,
    totals: rowTotals(results),
    migrations: results.map(resultDocument),
    remaining,
    guards: guards.map(guardOutcomeDocument),
    appliedBefore: applied,
    held,
    leftOut,
    elsewhere,
    around: report.around,
  };
}

function resultDocument({ space, guards = [], ...result }: MigrationResult): Fields {
  const { id, description, irreversible, outcome } = result;
  const about = { id, description, irreversible, outcome: outcome.kind };
  switch (outcome.kind) {
    case 'applied': {
      const { durationMs, attempts, event, evidence } = outcome;
      return {
        ...about,
        durationMs,
        attempts,
        event,
        ...evidenceDocument(evidence),
        space: space ?? null,
        guards: guards.map(guardOutcomeDocument),
      };
    }
    case 'applied unseen':
      return { ...about, guards: guards.map(guardOutcomeDocument) };
    case 'done elsewhere':
      return { ...about, status: outcome.status };
    case 'in_progress': {
      const { why, rowsDone, rowsTotal } = outcome;
      return { ...about, why, rowsDone, rowsTotal };
    }
    case 'skipped':
      return { ...about, missing: outcome.missing };
    case 'failed':
      return { ...about, error: errorDocument(outcome.error) };
  }
}

function evidenceDocument(evidence: Evidence): Fields {
  const { steps, tables, archives, checks, sideEffects, remarks } = evidence;
  return {
    steps: steps.map(({ label, removed, changed, plan }) => ({
      label,
      removed,
      changed,
      planDigest: plan?.digest ?? null,
    })),
    tables,
    archives: archives.map(({ source, archive, kind, rows }) => ({
      source: source.toString(),
      archive: archive.toString(),
      kind,
      rows,
    })),
    checks,
    sideEffects,
    remarks,
    ...(evidence.batches !== undefined && { batches: evidence.batches }),
  };
}
