import type { HygieneError } from '../kernel/errors.ts';
import { wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';

/** More than this nobody reads in a deploy log; the JSON document has everything. */
const ERROR_LINES_MAX = 12;
const HINT_LINES_MAX = 7;

type ErrorText = Pick<HygieneError, 'code' | 'message' | 'hint'>;

/** What happened and what to do next, in at most 12 lines of 100 columns. */
export function errorLines(error: ErrorText, style: Style = plainStyle): string[] {
  const { code, hint } = error;
  const hints = shortened(hint === null ? [] : wrapped(hint), HINT_LINES_MAX);
  const head = `error ${code}: `;
  const [first = '', ...rest] = shortened(
    wrapped(`${head}${error.message}`),
    ERROR_LINES_MAX - hints.length,
  );
  return [
    `${style.red(style.bold(head.trimEnd()))}${first.slice(head.length - 1)}`,
    ...rest,
    ...hints,
  ];
}

function shortened(lines: readonly string[], max: number): readonly string[] {
  if (lines.length <= max) return lines;
  const left = lines.length - max + 1;
  return [...lines.slice(0, max - 1), `  … ${left} more lines: --json shows all of it`];
}

export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export function errorDocument({ code, message, hint, details }: HygieneError): ErrorDocument {
  return { code, message, hint, details };
}

/** Whom to ask, as the config says. */
export function contactLines(
  contacts: readonly { readonly name: string; readonly how: string }[],
): string[] {
  return contacts.flatMap(({ name, how }) => wrapped(`Ask ${name}: ${how}`));
}
