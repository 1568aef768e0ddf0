import { exitCodes, type HygieneError } from '../kernel/errors.ts';
import type { ApplyOutcome } from '../runner/apply-migration.ts';
import type { Evidence } from '../runner/evidence.ts';
import type { MigrationResult } from '../runner/migration-result.ts';
import type { UpReport } from '../runner/up.ts';
import { aroundLines } from './around.ts';
import { extentText } from './batches.ts';
import { checkLines } from './checks.ts';
import { guardOutcomeLines } from './guard.ts';
import { indented, tableLines, wrapped } from './layout.ts';
import { asideLines } from './plan.ts';
import { spaceLines } from './space.ts';
import { plainStyle, type Style } from './style.ts';
import { counted, grouped } from '../kernel/counts.ts';
import { duration, shortHash } from './wording.ts';

type Applied = Extract<ApplyOutcome, { kind: 'applied' }>;

/** What `up` did, all of it. Its error, if it ended with one, is told elsewhere. */
export function upText(report: UpReport, style: Style = plainStyle): string[] {
  const results = report.results.flatMap((result) => resultText(result, style));
  return [...results, ...upEnding(report, style)];
}

/** What is left to say once every result was told. */
export function upEnding(report: UpReport, style: Style = plainStyle): string[] {
  const { results, error, guards } = report;
  const went = guards.flatMap((outcome) => guardOutcomeLines(outcome, style));
  const asides = [...asideLines(report), ...went, ...aroundLines(report.around, style)];
  if (results.length === 0 && error === null) return [...asides, nothingToDo(report)];
  return [...asides, style.bold(sumLine(report)), ...nextLines(report)];
}

function nextLines({ error, results }: UpReport): string[] {
  if (error !== null) return [];
  const isUnfinished = results.some(({ outcome }) => outcome.kind === 'in_progress');
  return isUnfinished
    ? ['Next: hygiene work   (or the next hygiene up)']
    : ['Next: hygiene verify   (and on every deploy)'];
}

/** What is left to say once every result of `work` was told. */
export function workEnding(report: UpReport, style: Style = plainStyle): string[] {
  return report.results.length === 0 && report.error === null
    ? ['Nothing to do: no migration in batches is in progress.']
    : upEnding(report, style);
}

function nothingToDo({ selected, elsewhere, guards }: UpReport): string {
  if (guards.length > 0) {
    return `No migration is pending: ${counted(selected.applied.length, 'migration')} applied.`;
  }
  const pending = elsewhere.length === 0 ? '' : ' for this environment';
  return (
    `Nothing to do${pending}: ${counted(selected.applied.length, 'migration')} applied, ` +
    `all checksums and the ledger's head are intact.`
  );
}

/** What became of one migration, and an empty line. */
export function resultText(result: MigrationResult, style: Style = plainStyle): string[] {
  return [...resultLines(result, style), ''];
}

function resultLines(result: MigrationResult, style: Style): string[] {
  const { id, description, outcome } = result;
  const about = indented(wrapped(description, 98));
  switch (outcome.kind) {
    case 'applied':
      return [
        `${style.green('applied')}  ${style.bold(id)}  ${facts(outcome)}`,
        ...about,
        ...indented(appliedLines(result, outcome, style)),
        ...indented(guardLines(result, style)),
        ...(result.space ? indented(spaceLines(result.space, style)) : []),
      ];
    case 'applied unseen':
      return [
        `${style.green('applied')}  ${style.bold(id)}`,
        ...about,
        '  The connection broke while committing; the ledger shows that it went through.',
        ...indented(guardLines(result, style)),
      ];
    case 'done elsewhere':
      return [`${outcome.status}  ${id}`, '  Another run did it meanwhile.'];
    case 'in_progress':
      return [
        `${style.yellow('in progress')}  ${style.bold(id)}`,
        ...about,
        ...wrapped(`  ${extentText(outcome)}; ${outcome.why}.`),
      ];
    case 'skipped':
      return [
        `${style.yellow('skipped')}  ${id}`,
        ...about,
        `  Missing here: ${outcome.missing.join(', ')}`,
      ];
    case 'failed':
      return [
        `${style.red(isRefused(outcome.error) ? 'refused' : 'failed ')}  ${style.bold(id)}`,
        ...about,
        ...wrapped(`  ${rolledBackText(outcome.error)}`),
      ];
  }
}

function guardLines({ guards = [] }: MigrationResult, style: Style): string[] {
  return guards.flatMap((outcome) => guardOutcomeLines(outcome, style));
}

/** Of a migration in batches, what was committed stays. */
function rolledBackText({ code, details }: HygieneError): string {
  const { rowsCommitted } = details;
  return typeof rowsCommitted === 'number' && rowsCommitted > 0
    ? `The batch at work was rolled back; ${counted(rowsCommitted, 'row')} of earlier ones stay done (${code}).`
    : `Rolled back: nothing of it was kept (${code}).`;
}

function facts({ durationMs, attempts, event }: Applied): string {
  const tries = attempts === 1 ? '' : `, attempt ${attempts}`;
  return `(${duration(durationMs)}${tries}, ledger event ${event.seq}, hash ${shortHash(event.hash)})`;
}

function appliedLines({ irreversible }: MigrationResult, outcome: Applied, style: Style): string[] {
  const { evidence } = outcome;
  const { checks, remarks, sideEffects } = evidence;
  return [
    ...rowLines(evidence),
    ...checks.flatMap((check) => checkLines(check, style)),
    ...sideEffects.map(
      ({ table, reason, inserted, updated }) =>
        `side effect: ${table}: ${grouped(inserted)} inserted, ${grouped(updated)} updated (${reason})`,
    ),
    ...remarks.flatMap((remark) => wrapped(`${style.yellow('note:')} ${remark}`, 98)),
    ...(irreversible === null ? [] : wrapped(`cannot be undone: ${irreversible}`, 98)),
  ];
}

function rowLines({ tables, archives }: Evidence): string[] {
  if (tables.length === 0) return ['no row was changed'];
  const isPlain = tables.every(({ strategy }) => strategy === 'delete');
  const rows = tables.map(({ table, removed, changed, strategy }) => {
    const kept = archives.filter(({ source }) => source.toString() === table);
    const count = kept.reduce((sum, each) => sum + each.rows, 0);
    const names = kept.map(({ archive }) => archive.toString()).join(', ');
    const how = isPlain ? [] : [removed === 0 ? '' : strategy];
    return [table, grouped(removed), grouped(changed), ...how, grouped(count), names];
  });
  return tableLines(
    [
      { title: 'table' },
      { title: 'removed', align: 'right' },
      { title: 'changed', align: 'right' },
      ...(isPlain ? [] : [{ title: 'by' }]),
      { title: 'archived', align: 'right' },
      { title: 'in' },
    ],
    rows,
  );
}

/** Nothing is broken then: somebody has to decide. */
function isRefused({ exitCode }: HygieneError): boolean {
  return exitCode === exitCodes.refused;
}

function sumLine({ results, remaining }: UpReport): string {
  const count = (kind: string): number =>
    results.filter(({ outcome }) => outcome.kind === kind).length;
  const { removed, changed } = rowTotals(results);
  const skipped = count('skipped');
  const unfinished = count('in_progress');
  const parts = [
    `${counted(count('applied') + count('applied unseen'), 'migration')} applied: ` +
      `${counted(removed, 'row')} removed, ${grouped(changed)} changed`,
    ...(skipped === 0 ? [] : [`${grouped(skipped)} skipped`]),
    ...(unfinished === 0 ? [] : [`${grouped(unfinished)} in progress`]),
    ...(remaining.length === 0 ? [] : [`${grouped(remaining.length)} still pending`]),
  ];
  return `${parts.join('; ')}.`;
}

export function rowTotals(results: readonly MigrationResult[]): {
  readonly removed: number;
  readonly changed: number;
} {
  const tables = results.flatMap(({ outcome }) =>
    outcome.kind === 'applied' ? outcome.evidence.tables : [],
  );
  return {
    removed: tables.reduce((sum, each) => sum + each.removed, 0),
    changed: tables.reduce((sum, each) => sum + each.changed, 0),
  };
}
