import { HygieneError } from '../../kernel/errors.ts';

type Scripts = Readonly<Record<string, string>>;

/**
 * The text of a package.json with scripts added; null when it has them all. A script of the same
 * name is never changed, and no other character of the file is.
 * @throws HygieneError HYG_CONFIG_INVALID when the text is no JSON object.
 */
export function addScripts(path: string, text: string, scripts: Scripts): string | null {
  const bare = text.replace(/^\uFEFF/, '');
  const present = scriptsIn(path, bare);
  const missing = Object.entries(scripts).filter(([name]) => !(name in (present ?? {})));
  if (missing.length === 0) return null;
  const style = styleOf(bare);
  const mark = text.slice(0, text.length - bare.length);
  const lines = missing.map(
    ([name, command]) => `${JSON.stringify(name)}: ${JSON.stringify(command)}`,
  );
  if (present !== null) {
    const { open, close } = objectOf(bare, 'scripts');
    return mark + withEntries({ text: bare, open, close, depth: 2 }, lines, style);
  }
  const { newline, indent } = style;
  const inner = newline + indent.repeat(2);
  const block = `"scripts": {${inner}${lines.join(`,${inner}`)}${newline}${indent}}`;
  const open = bare.indexOf('{');
  return (
    mark + withEntries({ text: bare, open, close: bare.lastIndexOf('}'), depth: 1 }, [block], style)
  );
}

function scriptsIn(path: string, text: string): object | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw unreadable(path, 'it is not valid JSON', cause);
  }
  if (!isObject(parsed)) throw unreadable(path, 'it holds no object');
  if (!('scripts' in parsed)) return null;
  if (!isObject(parsed.scripts)) throw unreadable(path, '"scripts" is no object');
  return parsed.scripts;
}

interface Style {
  readonly newline: string;
  readonly indent: string;
}

function styleOf(text: string): Style {
  const [, newline = '\n', indent = '  '] = /^\s*\{(\r?\n)([ \t]+)/.exec(text) ?? [];
  return { newline, indent };
}

interface Place {
  readonly text: string;
  /** Where the object's brackets are. */
  readonly open: number;
  readonly close: number;
  /** How far its entries are indented. */
  readonly depth: number;
}

/** Puts entries at the end of an object, in lines of their own unless the object stands in one line. */
function withEntries(
  { text, open, close, depth }: Place,
  entries: readonly string[],
  style: Style,
): string {
  const content = text.slice(open + 1, close).trimEnd();
  const isEmpty = content.trim() === '';
  const inOneLine = !isEmpty && !content.includes('\n');
  const before = inOneLine ? ' ' : style.newline + style.indent.repeat(depth);
  const after = inOneLine
    ? text.slice(open + 1 + content.length, close)
    : style.newline + style.indent.repeat(depth - 1);
  const added = entries.map(
    (entry, index) => `${isEmpty && index === 0 ? '' : ','}${before}${entry}`,
  );
  return `${text.slice(0, open + 1)}${isEmpty ? '' : content}${added.join('')}${after}${text.slice(close)}`;
}

/** The brackets of the object that a top-level key holds. The text is known to be valid JSON. */
function objectOf(text: string, key: string): { open: number; close: number } {
  const atTop = bracketsIn(text).filter(({ depth }) => depth === 1);
  const start = atTop.findIndex((each) => each.token === '{' && each.after === JSON.stringify(key));
  const [open, close] = atTop.slice(start);
  if (open === undefined || close === undefined) throw new Error(`no object under ${key}`);
  return { open: open.index, close: close.index };
}

interface Bracket {
  readonly token: string;
  readonly index: number;
  /** How many brackets are open around it. */
  readonly depth: number;
  /** The string or bracket before it. */
  readonly after: string;
}

function bracketsIn(text: string): readonly Bracket[] {
  const brackets: Bracket[] = [];
  let depth = 0;
  let after = '';
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if ('}]'.includes(token)) depth -= 1;
    if (token.length === 1) brackets.push({ token, index, depth, after });
    if ('{['.includes(token)) depth += 1;
    after = token;
  }
  return brackets;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(path: string, why: string, cause?: unknown): HygieneError {
  return new HygieneError('HYG_CONFIG_INVALID', {
    message: `${path} cannot be changed: ${why}`,
    hint: 'Correct it, then run `hygiene init` again. Nothing was written.',
    details: { file: path },
    cause,
  });
}
