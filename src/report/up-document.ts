import type { Evidence } from '../runner/main-transaction.ts';
import type { MigrationResult, UpReport } from '../runner/up.ts';
import type { Fields } from './document.ts';
import { errorDocument } from './error.ts';
import { rowTotals } from './up.ts';

export function upOutcome({ error, results }: UpReport): 'applied' | 'nothing to do' | 'failed' {
  if (error !== null) return 'failed';
  return results.length === 0 ? 'nothing to do' : 'applied';
}

export function upDocument(report: UpReport & { readonly runId: string }): Fields {
  const { runId, results, remaining, selected, elsewhere } = report;
  const { applied, held, leftOut } = selected;
  return {
    runId,
    totals: rowTotals(results),
    migrations: results.map(resultDocument),
    remaining,
    appliedBefore: applied,
    held,
    leftOut,
    elsewhere,
  };
}

function resultDocument({ id, description, irreversible, outcome }: MigrationResult): Fields {
  const about = { id, description, irreversible, outcome: outcome.kind };
  switch (outcome.kind) {
    case 'applied': {
      const { durationMs, attempts, event, evidence } = outcome;
      return { ...about, durationMs, attempts, event, ...evidenceDocument(evidence) };
    }
    case 'applied unseen':
      return about;
    case 'done elsewhere':
      return { ...about, status: outcome.status };
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
  };
}
