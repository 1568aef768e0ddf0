import { counted, grouped } from '../kernel/counts.ts';
import type { RehearsalResult, RehearseReport } from '../runner/rehearse.ts';
import type { Fields } from './document.ts';
import { errorDocument, errorLines } from './error.ts';
import { indented, tableLines, wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { duration, shortHash, upLine } from './wording.ts';

type Rehearsed = Extract<RehearsalResult['outcome'], { kind: 'rehearsed' }>;

/** One migration, there and back, and an empty line. */
export function rehearsalText(result: RehearsalResult, style: Style = plainStyle): string[] {
  const { id, description, outcome, durationMs } = result;
  const about = indented(wrapped(description, 98));
  const took = `(${duration(durationMs)})`;
  switch (outcome.kind) {
    case 'rehearsed':
      return [
        `${style.green('rehearsed')}  ${style.bold(id)}  ${took}`,
        ...about,
        ...indented(rehearsedLines(result, outcome, style)),
        '',
      ];
    case 'skipped':
      return [
        `${style.yellow('skipped  ')}  ${id}`,
        ...about,
        `  Missing here: ${outcome.missing.join(', ')}`,
        '',
      ];
    case 'failed':
      return [
        `${style.red('failed   ')}  ${style.bold(id)}  ${took}`,
        ...about,
        ...indented(errorLines(outcome.error, style)),
        '',
      ];
  }
}

function rehearsedLines(
  { irreversible }: RehearsalResult,
  { rehearsal, event }: Rehearsed,
  style: Style,
): string[] {
  const { evidence, compared } = rehearsal;
  const rows = evidence.tables.map(({ table, removed, changed }) => {
    const same = compared?.find((each) => each.table === table);
    const hash = same === undefined ? '' : `the same: ${grouped(same.rows)} rows`;
    return [table, grouped(removed), grouped(changed), hash];
  });
  const lines = tableLines(
    [
      { title: 'table' },
      { title: 'removed', align: 'right' },
      { title: 'changed', align: 'right' },
      { title: compared === null ? '' : 'after the restore' },
    ],
    rows,
  );
  return [
    ...(rows.length === 0 ? ['no row was changed'] : lines),
    ...evidence.remarks.flatMap((remark) => wrapped(`${style.yellow('note:')} ${remark}`, 98)),
    ...(compared === null
      ? wrapped(`only tried, since it cannot be undone: ${irreversible ?? ''}`, 98)
      : []),
    ...(event === null ? [] : [`ledger event ${event.seq}, hash ${shortHash(event.hash)}`]),
  ];
}

export function rehearseEnding(report: RehearseReport, style: Style = plainStyle): string[] {
  const { results, error, elsewhere } = report;
  const asides = elsewhere.map((id) => `elsewhere: ${id} (meant for other environments)`);
  if (results.length === 0)
    return [...asides, 'Nothing is pending, so there is nothing to rehearse.'];
  const count = (kind: string): number =>
    results.filter(({ outcome }) => outcome.kind === kind).length;
  const failed = count('failed');
  return [
    ...asides,
    style.bold(
      `${counted(count('rehearsed'), 'migration')} rehearsed${failed === 0 ? '' : `, ${grouped(failed)} failed`}: all was rolled back.`,
    ),
    ...(error === null ? [`Next: ${upLine(report)}`] : []),
  ];
}

export function rehearseOutcome({ results, error }: RehearseReport): string {
  if (error !== null) return 'failed';
  return results.some(({ outcome }) => outcome.kind === 'rehearsed')
    ? 'rehearsed'
    : 'nothing to do';
}

export function rehearseDocument({ results, elsewhere }: RehearseReport): Fields {
  return { migrations: results.map(resultDocument), elsewhere };
}

function resultDocument(result: RehearsalResult): Fields {
  const { outcome, ...about } = result;
  switch (outcome.kind) {
    case 'rehearsed': {
      const { evidence, compared } = outcome.rehearsal;
      return {
        ...about,
        outcome: outcome.kind,
        restored: compared !== null,
        tables: evidence.tables,
        compared,
        checks: evidence.checks,
        event: outcome.event,
      };
    }
    case 'skipped':
      return { ...about, outcome: outcome.kind, missing: outcome.missing };
    case 'failed':
      return { ...about, outcome: outcome.kind, error: errorDocument(outcome.error) };
  }
}
