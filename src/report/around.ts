import type { AroundReport } from '../runner/around/around-run.ts';
import type { CommandOutcome } from '../runner/around/run-commands.ts';
import type { SmokeOutcome } from '../runner/around/smoke.ts';
import { wrapped } from './layout.ts';
import type { Style } from './style.ts';
import { duration } from './wording.ts';

/** What was done beside the migrations; nothing where there was nothing. */
export function aroundLines(around: AroundReport | null, style: Style): string[] {
  if (around === null) return [];
  const { before, after, smoke, outsideWindow } = around;
  const lines = [
    ...(outsideWindow === null
      ? []
      : wrapped(`${style.yellow('note:')} outside of the allowed hours: ${outsideWindow}`)),
    ...before.flatMap((each) => commandLine('before', each, style)),
    ...after.flatMap((each) => commandLine('after ', each, style)),
    ...smoke.flatMap((each) => smokeLine(each, style)),
  ];
  return lines.length === 0 ? [] : [...lines, ''];
}

function commandLine(when: string, outcome: CommandOutcome, style: Style): string[] {
  const { command, passed, durationMs, reason } = outcome;
  const word = passed ? style.green('ok    ') : style.red('FAILED');
  const what = reason ?? `(${duration(durationMs)})`;
  return wrapped(`${word}  ${when}  ${command}  ${what}`);
}

function smokeLine({ label, passed, durationMs, reason }: SmokeOutcome, style: Style): string[] {
  const word = passed ? style.green('ok    ') : style.red('FAILED');
  const what = reason ?? `(${duration(durationMs)})`;
  return wrapped(`${word}  smoke   ${label}  ${what}`);
}
