import type { FleetStatusRow } from '../fleet/status-row.ts';
import type { TargetState } from '../fleet/fleet-state.ts';
import type { TargetOutcome, TargetResult } from '../fleet/outcome.ts';
import { counted, grouped } from '../kernel/counts.ts';
import { tableLines } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { duration } from './wording.ts';

/** One target that has ended, in one line. */
export function targetLine({ name, outcome }: TargetResult, style: Style = plainStyle): string {
  return outcome === null
    ? `not begun      ${name}`
    : `${wordOf(outcome, style)}  ${name}  ${whatOf(outcome)}`;
}

function wordOf({ state }: TargetOutcome, style: Style): string {
  const word = state.padEnd(13);
  if (state === 'failed') return style.red(word);
  return state === 'applied' ? style.green(word) : word;
}

function whatOf({
  state,
  code,
  message,
  applied,
  removed,
  changed,
  durationMs,
}: TargetOutcome): string {
  if (state === 'failed') return `${code ?? ''}: ${(message ?? '').split('\n')[0] ?? ''}`;
  const took = `(${duration(durationMs)})`;
  return state === 'applied'
    ? `${counted(applied, 'migration')}, ${counted(removed, 'row')} removed, ${grouped(changed)} changed  ${took}`
    : took;
}

/** What is left to say once each target was told: how many came to what, and which were not begun. */
export function fleetUpText(results: readonly TargetResult[], style: Style = plainStyle): string[] {
  const left = results.filter(({ outcome }) => outcome === null);
  const states = results.map(({ outcome }) => outcome?.state ?? 'not begun');
  return [
    ...left.map((each) => targetLine(each, style)),
    '',
    style.bold(`${counted(results.length, 'target')}: ${tally(states)}.`),
  ];
}

/** `3 done, 1 failed`: how often each word comes. */
function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${grouped(count)} ${word}`).join(', ');
}

/** Each target once; one that cannot be asked has a line too. */
export function fleetStatusText(
  rows: readonly FleetStatusRow[],
  style: Style = plainStyle,
): string[] {
  const [head = '', ...lines] = tableLines(
    [
      { title: 'target' },
      { title: 'environment' },
      ...['applied', 'pending', 'failed'].map((title) => ({ title, align: 'right' as const })),
      { title: 'problem' },
    ],
    rows.map(({ name, reached, environment, applied, pending, failed, code }) =>
      !reached
        ? [name, '?', '?', '?', '?', code ?? '']
        : [
            name,
            environment ?? 'not marked',
            grouped(applied),
            grouped(pending),
            grouped(failed),
            code ?? '',
          ],
    ),
  );
  const bad = rows.filter(({ code }) => code !== null).length;
  const pending = rows.filter((row) => row.pending > 0).length;
  return [
    style.bold(head),
    ...lines,
    '',
    style.bold(
      `${counted(rows.length, 'target')}: ${grouped(pending)} with something pending, ${grouped(bad)} with a problem.`,
    ),
    ...(bad === 0 && pending > 0 ? ['Next: hygiene fleet up'] : []),
  ];
}

export function queueText(
  { run, targets }: { readonly run: string; readonly targets: readonly TargetState[] },
  style: Style = plainStyle,
): string[] {
  const [head = '', ...lines] = tableLines(
    [
      { title: 'target' },
      { title: 'wave', align: 'right' },
      { title: 'status' },
      { title: 'tries', align: 'right' },
      { title: 'result' },
    ],
    targets.map(({ name, wave, status, attempts, outcome }) => [
      ...[name, String(wave), status, String(attempts)],
      outcome === null ? '' : `${outcome.state} ${whatOf(outcome)}`,
    ]),
  );
  const statuses = targets.map(({ status }) => status);
  const isOpen = targets.some(({ status }) => ['queued', 'running', 'waiting'].includes(status));
  return [
    style.bold(head),
    ...lines,
    '',
    style.bold(`Run ${run}: ${tally(statuses)}.`),
    ...(isOpen ? ['Next: hygiene fleet work   (on as many machines as there are)'] : []),
  ];
}
