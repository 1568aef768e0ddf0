import type { Fields } from '../document.ts';
import { checkDocument } from '../check.ts';
import { inForce, rowsOf } from './applications.ts';
import { criteriaOf } from './criteria.ts';
import type { ReportFacts } from './facts.ts';
import { risksOf } from './risks.ts';
import { summaryOf } from './summary.ts';
import { undoOf } from './undo.ts';

/** The whole report for machines, whoever it is for. */
export function reportDocument(facts: ReportFacts): Fields {
  const { at, identity, migrations, records, events, chain, runLog, contacts, checked } = facts;
  return {
    at,
    identity,
    summary: summaryOf(facts),
    criteria: criteriaOf(facts),
    rows: rowsOf(inForce(facts)),
    undo: undoOf(facts),
    risks: risksOf(facts),
    migrations: migrations.map((each) => ({
      ...each,
      status: records.get(each.id)?.status ?? 'pending',
      appliedAt: records.get(each.id)?.appliedAt ?? null,
    })),
    guards: (checked.verify?.guards ?? []).map(({ migrationId, guard, state }) => ({
      migration: migrationId,
      name: guard.name,
      table: guard.table.toString(),
      state,
    })),
    check: checkDocument(checked),
    events,
    chain,
    runLog,
    contacts,
  };
}
