/** Reads SQL text just far enough to know where a statement ends and how it begins. */

export interface Statement {
  readonly text: string;
  /** The first words in lower case, comments left out; at most four. */
  readonly words: readonly string[];
}

const TOKEN =
  /--[^\n\r]*|\/\*|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|;/g;
/** A string that goes on after a line end keeps its escapes. */
const ESCAPE_STRING = /'(?:[^'\\]|\\[\s\S]|'')*'(?:[ \t\f\v]*[\n\r]\s*'(?:[^'\\]|\\[\s\S]|'')*')*/y;

/**
 * Splits a script into statements. Knows comments (nested too), strings, escape strings, quoted
 * names, dollar quotes and the `BEGIN ATOMIC … END` bodies of SQL functions.
 */
export function splitStatements(script: string): readonly Statement[] {
  const statements: Statement[] = [];
  let start = 0;
  let words: string[] = [];
  let openBlocks = 0;
  const finish = (end: number): void => {
    const text = script.slice(start, end).trim();
    if (words.length > 0) statements.push({ text, words: words.slice(0, 4) });
    start = end + 1;
    words = [];
    openBlocks = 0;
  };
  for (const token of tokens(script)) {
    if (token.text === ';' && openBlocks === 0) {
      finish(token.at);
    } else if (token.isWord) {
      const word = token.text.toLowerCase();
      openBlocks += blockDepthChange(word, words, openBlocks);
      words.push(word);
    } else if (token.text !== ';') {
      words.push(token.text.slice(0, 1));
    }
  }
  finish(script.length);
  return statements;
}

const ENDS_TRANSACTION = new Set(['commit', 'end', 'abort', 'begin']);

/** The first statement that would begin or end a transaction, or null. Savepoints are allowed. */
export function findTransactionControl(script: string): Statement | null {
  return splitStatements(script).find(isTransactionControl) ?? null;
}

function isTransactionControl({ words }: Statement): boolean {
  const [first = '', second = '', third = ''] = words;
  if (ENDS_TRANSACTION.has(first)) return true;
  if (first === 'start' || first === 'prepare') return second === 'transaction';
  if (first !== 'rollback') return false;
  return !(second === 'to' || third === 'to');
}

interface Token {
  readonly text: string;
  readonly at: number;
  readonly isWord: boolean;
}

function* tokens(script: string): Generator<Token> {
  const pattern = new RegExp(TOKEN);
  for (;;) {
    const match = pattern.exec(script);
    if (match === null) return;
    const [text] = match;
    if (text.startsWith('--')) continue;
    if (text === '/*') {
      pattern.lastIndex = endOfComment(script, match.index);
    } else if (text.startsWith('$')) {
      pattern.lastIndex = endOfDollarQuote(script, match.index, text);
      yield { text: '$', at: match.index, isWord: false };
    } else if (/^e$/i.test(text) && script[pattern.lastIndex] === "'") {
      pattern.lastIndex = endOfEscapeString(script, pattern.lastIndex);
      yield { text: "'", at: match.index, isWord: false };
    } else {
      yield { text, at: match.index, isWord: /^[A-Za-z_\u0080-\uffff]/.test(text) };
    }
  }
}

function endOfComment(script: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(script); mark !== null; mark = marks.exec(script)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return script.length;
}

function endOfDollarQuote(script: string, from: number, tag: string): number {
  const end = script.indexOf(tag, from + tag.length);
  return end === -1 ? script.length : end + tag.length;
}

function endOfEscapeString(script: string, from: number): number {
  ESCAPE_STRING.lastIndex = from;
  return ESCAPE_STRING.exec(script) === null ? script.length : ESCAPE_STRING.lastIndex;
}

/** Inside `BEGIN ATOMIC`, `CASE` and `BEGIN` open a block that `END` closes. */
function blockDepthChange(word: string, before: readonly string[], openBlocks: number): number {
  if (word === 'atomic' && before.at(-1) === 'begin' && before[0] === 'create') return 1;
  if (openBlocks === 0) return 0;
  if (word === 'case') return 1;
  return word === 'end' ? -1 : 0;
}
