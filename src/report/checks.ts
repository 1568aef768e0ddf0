import type { CheckResult } from '../authoring/expect.ts';
import { wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';

/** One check of verify, with what was expected and what was found. */
export function checkLines(check: CheckResult, style: Style = plainStyle): string[] {
  const { label, expected, actual, passed } = check;
  if (check.obsolete === true) {
    return [
      ...wrapped(`${style.yellow('obsolete')}  ${label}`, 96),
      ...wrapped(`  it proves nothing any more: ${actual}`, 96),
    ];
  }
  const word = passed ? style.green('ok    ') : style.red('FAILED');
  const outcome = `expected ${expected}, found ${actual}`;
  const short = `${label}: ${outcome}`;
  if (short.length <= 88) return [`${word}  ${short}`];
  return [...wrapped(`${word}  ${label}`, 96), `        ${outcome}`];
}
