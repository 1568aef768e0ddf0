import type { PlannedStep, PlanReport } from '../runner/plan-report.ts';
import type { Fields } from './document.ts';
import { errorDocument } from './error.ts';
import { guardFields } from './guard.ts';
import { totals } from './plan.ts';

export function planOutcome({ migrations }: PlanReport): 'nothing to do' | 'pending' | 'refused' {
  if (migrations.length === 0) return 'nothing to do';
  return migrations.some(({ refusals }) => refusals.length > 0) ? 'refused' : 'pending';
}

export function planDocument(report: PlanReport): Fields {
  const { migrations, ledgerInstalled, isNew, selected, elsewhere } = report;
  return {
    ledgerInstalled,
    isNew,
    ...selected,
    elsewhere,
    totals: totals(migrations),
    migrations: migrations.map(({ refusals, steps, guards, ...migration }) => ({
      ...migration,
      guards: guards.map(guardFields),
      steps: steps.map(stepDocument),
      refusals: refusals.map(errorDocument),
    })),
  };
}

function stepDocument(step: PlannedStep): Fields {
  if (step.kind !== 'purge') return { ...step };
  return { kind: step.kind, label: step.label, ...step.plan };
}
