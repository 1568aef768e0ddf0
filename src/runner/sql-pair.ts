import { budgetProblems } from '../authoring/step-problems.ts';
import { descriptionProblems } from '../authoring/validate-definition.ts';
import { findTransactionControl, splitStatements } from '../database/sql-statements.ts';
import { nearKey } from '../authoring/near-key.ts';
import { normaliseText } from '../kernel/digest.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { Budget } from '../planner/steps.ts';

/** A migration written in SQL. It is not archived, so it says why it may not be undone. */
export interface SqlPair {
  readonly description: string;
  readonly ticket: string | null;
  readonly irreversible: string;
  readonly budget: Budget;
  /** Null: all environments. */
  readonly environments: readonly string[] | null;
  readonly requires: readonly string[];
  /** The text of `.up.sql`, to be sent as it is. */
  readonly up: string;
  /** The statements of `.verify.sql`; each must return no rows. */
  readonly verify: readonly string[];
}

export interface SqlPairTexts {
  /** How messages name the two files. */
  readonly upFile: string;
  readonly verifyFile: string;
  readonly up: string;
  readonly verify: string;
}

const KEYS = ['description', 'ticket', 'irreversible', 'budget', 'environments', 'requires'];

/**
 * Reads an SQL pair. The comment lines at the top of `.up.sql` are its definition:
 * `-- description: …`, `-- irreversible: …`, `-- budget: max 100, min 1`, and where wanted
 * `-- ticket:`, `-- environments:` and `-- requires:` with names parted by commas.
 * @throws HygieneError HYG_RUN_TRANSACTION_CONTROL, HYG_LOAD_NO_VERIFY or HYG_LOAD_INVALID.
 */
export function parseSqlPair(texts: SqlPairTexts): SqlPair {
  refuseTransactionControl(texts.upFile, texts.up);
  refuseTransactionControl(texts.verifyFile, texts.verify);
  const verify = splitStatements(normaliseText(texts.verify)).map(({ text }) => text);
  if (verify.length === 0) throw noVerify(texts.verifyFile);
  const up = normaliseText(texts.up);
  const { fields, problems } = readHeader(up);
  const budget = parseBudget(fields.get('budget'));
  problems.push(
    ...descriptionProblems('description', fields.get('description')),
    ...budget.problems,
    ...(splitStatements(up).length === 0 ? ['it holds no statement'] : []),
  );
  const irreversible = fields.get('irreversible') ?? '';
  if (irreversible === '') {
    problems.push('irreversible is missing: SQL cannot be undone, so give the reason for it');
  }
  if (problems.length > 0) throw invalid(texts.upFile, problems);
  return {
    description: fields.get('description') ?? '',
    ticket: fields.get('ticket') ?? null,
    irreversible,
    budget: budget.value,
    environments: namesIn(fields.get('environments')),
    requires: namesIn(fields.get('requires')) ?? [],
    up,
    verify,
  };
}

interface Header {
  readonly fields: ReadonlyMap<string, string>;
  readonly problems: string[];
}

/** The header ends at the first line that is neither empty nor a `--` comment. */
function readHeader(text: string): Header {
  const fields = new Map<string, string>();
  const problems: string[] = [];
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !/^\s*(?:--|$)/.test(line));
  for (const line of lines.slice(0, end === -1 ? lines.length : end)) {
    const [, word, value] = /^\s*--+\s*([A-Za-z]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (word === undefined || value === undefined) continue;
    const key = word.toLowerCase();
    const problem = headerProblem(key, value, fields);
    if (problem !== null) problems.push(problem);
    else if (KEYS.includes(key)) fields.set(key, value);
  }
  return { fields, problems };
}

function headerProblem(
  key: string,
  value: string,
  fields: ReadonlyMap<string, string>,
): string | null {
  if (!KEYS.includes(key)) {
    // A comment may well hold a colon; only a word that is nearly one of ours is a mistake.
    const near = nearKey(key, KEYS);
    return near === null ? null : `unknown header "${key}"; did you mean "${near}"?`;
  }
  if (fields.has(key)) return `${key} is given twice`;
  return value === '' ? `${key} is empty` : null;
}

function parseBudget(text: string | undefined): { value: Budget; problems: readonly string[] } {
  if (text === undefined) {
    return { value: {}, problems: ['budget is missing: for example `-- budget: max 100`'] };
  }
  const limits: Record<string, number> = {};
  const problems: string[] = [];
  for (const part of text.split(',')) {
    const [, word, number] = /^\s*([A-Za-z]+)\s*:?\s+([\d_.]+)\s*$/.exec(part) ?? [];
    if (word === undefined || number === undefined) {
      problems.push(`budget: "${part.trim()}" is not like "max 100"`);
    } else {
      limits[word] = Number(number.replaceAll('_', ''));
    }
  }
  problems.push(...budgetProblems('budget', limits));
  if (problems.length === 0 && limits['max'] === undefined) {
    problems.push('budget has no max: for example `-- budget: max 100`');
  }
  return { value: limits, problems };
}

function namesIn(text: string | undefined): readonly string[] | null {
  if (text === undefined) return null;
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function refuseTransactionControl(file: string, script: string): void {
  const statement = findTransactionControl(script);
  if (statement === null) return;
  throw new HygieneError('HYG_RUN_TRANSACTION_CONTROL', {
    message: `${file}: "${statement.words.slice(0, 2).join(' ')}" would control the transaction`,
    hint: 'Remove it: hygiene runs the file in one transaction and commits only when verify passed.',
    details: { file },
  });
}

function noVerify(file: string): HygieneError {
  return new HygieneError('HYG_LOAD_NO_VERIFY', {
    message: `${file}: it holds no statement, so nothing would be proven`,
    hint: 'Write at least one select that returns the rows that must not be left.',
    details: { file },
  });
}

function invalid(file: string, problems: readonly string[]): HygieneError {
  const lines = problems.length === 1 ? ` ${problems.join('')}` : `\n- ${problems.join('\n- ')}`;
  return new HygieneError('HYG_LOAD_INVALID', {
    message: `${file}:${lines}`,
    hint: 'The comment lines at the top of the file are its definition, such as\n-- description: Remove the demo accounts\n-- irreversible: the rows are worthless\n-- budget: max 100',
    details: { file, problems },
  });
}
