/** One word of a command line, without its quotes. */
export interface Word {
  readonly text: string;
  /** Where it is, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly quote: '"' | "'" | null;
}

type Joint = '&&' | '||' | ';' | '&' | '\n';

/** What stands between two joints; a pipe is one command. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly words: readonly Word[];
  readonly before: Joint | null;
  readonly after: Joint | null;
}

/** In folded YAML a line break is a space; in a script it ends a command. */
export type LineBreaks = 'separate' | 'space';

const TOKEN =
  /\\\r?\n|[^\S\n]+|\n|#[^\n]*|&&|\|\||;;?|(?<![<>])&(?!>)|\||(?:\\[^\n]|"(?:\\[^]|[^"\\])*"|'[^']*'|[^\s\\"';&|]|(?<=[<>])&|&(?=>)|["'\\])+/g;

/** Splits shell text into its commands. Knows quotes, comments and continued lines, and no more. */
export function segmentsOf(text: string, lineBreaks: LineBreaks = 'separate'): readonly Segment[] {
  const segments: Segment[] = [];
  let words: Word[] = [];
  let before: Joint | null = null;
  const finish = (after: Joint | null): void => {
    const [first, last] = [words[0], words.at(-1)];
    if (first !== undefined && last !== undefined) {
      segments.push({ start: first.start, end: last.end, words, before, after });
      before = after;
    } else if (after !== '\n') {
      before = after;
    }
    words = [];
  };
  for (const { 0: token, index } of withoutDocuments(text).matchAll(TOKEN)) {
    const joint = jointOf(token, lineBreaks);
    if (joint !== null) {
      // A line may end with `&&`: the command goes on in the next one.
      if (joint !== '\n' || words.length > 0) finish(joint);
    } else if (!isSkipped(token)) {
      words.push(wordOf(token, index));
    }
  }
  finish(null);
  return segments;
}

const HERE_DOCUMENT = /^([^\n]*)<<-?\s*(["']?)(\w+)\2[^\n]*\n(?:[^]*?\n)??[ \t]*\3[ \t]*\r?$/gm;
const READS_COMMANDS = /\b(?:ssh|sh|bash|zsh)\b/;

/** A document in the script is text, unless a shell reads it. Every character keeps its place. */
function withoutDocuments(text: string): string {
  return text.replaceAll(HERE_DOCUMENT, (document, before: string) => {
    if (READS_COMMANDS.test(before)) return document;
    const body = document.indexOf('\n');
    return document.slice(0, body) + document.slice(body).replaceAll(/[^\n]/g, ' ');
  });
}

function jointOf(token: string, lineBreaks: LineBreaks): Joint | null {
  if (token === '&&' || token === '||' || token === '&') return token;
  if (token.startsWith(';')) return ';';
  return token === '\n' && lineBreaks === 'separate' ? '\n' : null;
}

function isSkipped(token: string): boolean {
  return token.startsWith('#') || /^(?:\\\r?\n|\s+|\\)$/.test(token);
}

function wordOf(token: string, start: number): Word {
  const [, quote = '', inner = ''] = /^(["'])([^]*)\1$/.exec(token) ?? [];
  const isQuoted = quote !== '' && !inner.includes(quote);
  return {
    text: isQuoted ? inner : token.replaceAll(/["']/g, ''),
    start,
    end: start + token.length,
    quote: isQuoted ? (quote as '"' | "'") : null,
  };
}
