import { HygieneError } from '../kernel/errors.ts';
import { isSql, maskedSql } from '../kernel/sql.ts';
import { type Budget, isStep, type Step } from '../planner/steps.ts';
import type { HygieneMigration, UpFunction, VerifyFunction } from './define-hygiene.ts';
import { unknownKeys } from './near-key.ts';
import { budgetProblems, isRecord } from './step-problems.ts';

/** What `up` is, once it is known to be one of the two. */
export type Up =
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  | { readonly kind: 'function'; readonly run: UpFunction };

/** A migration as the engine uses it: checked, with every default filled in. */
export interface MigrationDefinition {
  readonly description: string;
  readonly ticket: string | null;
  readonly up: Up;
  readonly verify: VerifyFunction;
  /** Null: all environments. */
  readonly environments: readonly string[] | null;
  readonly requires: readonly string[];
  /** The reason why it cannot be undone, or null when it can. */
  readonly irreversible: string | null;
  readonly budget: Budget;
  readonly transaction: 'single' | 'batched';
}

const KEYS = [
  'description',
  'ticket',
  'up',
  'verify',
  'environments',
  'requires',
  'irreversible',
  'budget',
  'transaction',
];

/**
 * Checks what a migration file exports. `file` is named in the message.
 * @throws HygieneError HYG_LOAD_INVALID with all problems at once, or HYG_LOAD_NO_VERIFY when a
 *   missing `verify` is the only one.
 */
export function validateDefinition(migration: HygieneMigration, file: string): MigrationDefinition {
  const given: Readonly<Record<string, unknown>> = { ...migration };
  const noVerify = verifyProblems(given['verify']);
  const problems = [
    ...unknownKeys('definition', given, KEYS),
    ...descriptionProblems('description', given['description']),
    ...textProblems(given),
    ...upProblems(given['up']),
    ...noVerify,
    ...listProblems('environments', given['environments']),
    ...listProblems('requires', given['requires']),
    ...budgetProblems('budget', given['budget']),
    ...irreversibleProblems(given),
    ...transactionProblems(given['transaction'], given['up']),
  ];
  const [problem] = problems;
  if (problem !== undefined) {
    const onlyVerify = problems.length === 1 && given['verify'] === undefined;
    throw invalid(onlyVerify ? 'HYG_LOAD_NO_VERIFY' : 'HYG_LOAD_INVALID', file, problems);
  }
  return Object.freeze({
    description: migration.description.trim(),
    ticket: migration.ticket ?? null,
    up: parsedUp(migration.up),
    verify: migration.verify,
    environments: migration.environments ?? null,
    requires: migration.requires ?? [],
    irreversible: migration.irreversible ?? null,
    budget: migration.budget ?? {},
    transaction: migration.transaction ?? 'single',
  });
}

/** Problems of a description; also used for the header of SQL pairs. */
export function descriptionProblems(where: string, description: unknown): string[] {
  if (typeof description !== 'string' || description.trim() === '') {
    return [`${where} is missing: say what goes and why, for the person who approves it`];
  }
  const words = description.split(/\s+/).filter((word) => /\p{L}{2,}/u.test(word));
  return words.length < 2
    ? [`${where} "${description.trim()}" is too vague: at least two words, what goes and why`]
    : [];
}

/** The steps of `up`, with `sql` templates made into steps. */
function parsedUp(up: HygieneMigration['up']): Up {
  if (typeof up === 'function') return { kind: 'function', run: up };
  const list: readonly unknown[] = Array.isArray(up) ? up : [up];
  return { kind: 'steps', steps: Object.freeze(list.map(parsedStep)) };
}

function parsedStep(value: unknown): Step {
  if (isSql(value)) return { kind: 'sql', statement: value };
  return value as Step;
}

function upProblems(up: unknown): string[] {
  if (typeof up === 'function') return [];
  if (up === undefined) return ['up is missing: a step, a list of steps or an async function'];
  const list: readonly unknown[] = Array.isArray(up) ? up : [up];
  if (list.length === 0) return ['up is an empty list: it would do nothing'];
  return list.flatMap((step, index) => stepProblems(step, list.length > 1 ? `up[${index}]` : 'up'));
}

function stepProblems(step: unknown, where: string): string[] {
  if (isSql(step)) return maskedSql(step) === '' ? [`${where} is an empty sql template`] : [];
  if (isStep(step)) return [];
  if (typeof step === 'string') return [`${where} is a plain string: write it as an sql template`];
  return [`${where} is no step: use purge(…), scrub(…) or an sql template`];
}

function verifyProblems(verify: unknown): string[] {
  if (verify === undefined) {
    return ['verify is missing: a function ({ expect }) that proves the result'];
  }
  return typeof verify === 'function' ? [] : ['verify must be a function ({ expect })'];
}

function textProblems(given: Readonly<Record<string, unknown>>): string[] {
  return ['ticket', 'irreversible']
    .filter((key) => {
      const value = given[key];
      return value !== undefined && (typeof value !== 'string' || value.trim() === '');
    })
    .map((key) => `${key} must be a text that is not empty`);
}

function listProblems(key: string, value: unknown): string[] {
  if (value === undefined) return [];
  const isNames =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((name) => typeof name === 'string' && name.trim() !== '');
  return isNames ? [] : [`${key} must be a list of names with at least one in it`];
}

/** What is not archived cannot be put back, so somebody must say why, and how much at most. */
function irreversibleProblems(given: Readonly<Record<string, unknown>>): string[] {
  const { up, irreversible, budget } = given;
  const list: readonly unknown[] = Array.isArray(up) ? up : [up];
  const free = typeof up === 'function' || list.some(isSqlStep);
  const what = typeof up === 'function' ? 'up as a function' : 'an sql step';
  const cause = free ? what : 'archive: false';
  const problems: string[] = [];
  if ((free || list.some(isUnarchived)) && irreversible === undefined) {
    problems.push(`irreversible is missing: ${cause} cannot be undone, so give the reason for it`);
  }
  if (free && !hasMax(budget)) {
    problems.push(`budget is missing: ${what} needs budget: { max: … }, the rows it may change`);
  }
  return problems;
}

function hasMax(budget: unknown): boolean {
  return isRecord(budget) && budget['max'] !== undefined;
}

function isUnarchived(step: unknown): boolean {
  return isStep(step) && step.kind !== 'sql' && !step.archive;
}

function isSqlStep(step: unknown): boolean {
  return isSql(step) || (isStep(step) && step.kind === 'sql');
}

/** What a batch has committed stays when a later one fails, which only a purge can go on from. */
function transactionProblems(transaction: unknown, up: unknown): string[] {
  if (transaction === undefined || transaction === 'single') return [];
  if (transaction !== 'batched') return ["transaction must be 'single' or 'batched'"];
  const list: readonly unknown[] = Array.isArray(up) ? up : [up];
  return list.every((step) => isStep(step) && step.kind === 'purge')
    ? []
    : ["transaction: 'batched' takes purge(…) steps only; leave it out for anything else"];
}

function invalid(
  code: 'HYG_LOAD_INVALID' | 'HYG_LOAD_NO_VERIFY',
  file: string,
  problems: readonly string[],
): HygieneError {
  const lines = problems.length === 1 ? ` ${problems.join('')}` : `\n- ${problems.join('\n- ')}`;
  return new HygieneError(code, {
    message: `${file}:${lines}`,
    hint:
      code === 'HYG_LOAD_NO_VERIFY'
        ? 'Add for example: async verify({ expect }) { await expect.clean(); }'
        : 'Correct the definition; `hygiene lint` checks all files without a database.',
    details: { file, problems },
  });
}
