import { basename } from 'node:path';
import type { VerifyFunction } from '../authoring/define-hygiene.ts';
import { splitStatements } from '../database/sql-statements.ts';
import { type ErrorCode, HygieneError, toHygieneError } from '../kernel/errors.ts';
import { maskedSql, type Sql } from '../kernel/sql.ts';
import { visibleObstacle, withoutTexts } from '../planner/guard.ts';
import type { PurgeStep, Step } from '../planner/steps.ts';
import { type Discovery, inspectDirectory, type MigrationFile } from '../runner/discover.ts';
import type { FileSystem } from '../runner/file-system.ts';
import type { Importer } from '../runner/importer.ts';
import { type LoadedMigration, loadMigration } from '../runner/load.ts';

type LintWarningCode =
  | 'no-migrations'
  | 'no-budget-max'
  | 'guard-not-expressible'
  | 'change-without-where'
  | 'doubled-backslash';

interface LintFinding<Code extends string> {
  /** The file's name, or the directory where it is about that. */
  readonly file: string;
  readonly code: Code;
  readonly message: string;
  readonly hint: string | null;
}

export interface LintReport {
  /** How many migrations were looked at. */
  readonly migrations: number;
  /** What would keep `up` from running. */
  readonly problems: readonly LintFinding<ErrorCode>[];
  /** What a reviewer should look at. */
  readonly warnings: readonly LintFinding<LintWarningCode>[];
}

export interface LintInput {
  readonly fs: FileSystem;
  readonly dir: string;
  readonly importer: Importer;
}

type Warning = LintFinding<LintWarningCode>;

/** Looks at all migrations without a database and tells everything that is wrong, not only the first. */
export async function lint({ fs, dir, importer }: LintInput): Promise<LintReport> {
  const { files, problems: nameProblems } = inspected(fs, dir);
  const problems = nameProblems.map((error) => findingOf(error, dir));
  const warnings: Warning[] = [];
  for (const file of files) {
    try {
      const migration = await loadMigration(file, importer, fs);
      problems.push(...verifyProblems(migration));
      warnings.push(...warningsOf(migration));
    } catch (thrown) {
      problems.push(findingOf(toHygieneError(thrown), basename(file.path)));
    }
  }
  if (files.length === 0 && problems.length === 0) warnings.push(noMigrations(dir));
  return { migrations: files.length, problems, warnings };
}

function inspected(fs: FileSystem, dir: string): Discovery {
  try {
    return inspectDirectory(fs, dir);
  } catch (thrown) {
    if (thrown instanceof HygieneError) return { files: [], problems: [thrown] };
    throw thrown;
  }
}

function findingOf(error: HygieneError, fallback: string): LintFinding<ErrorCode> {
  const { file, files } = error.details;
  const named =
    typeof file === 'string' ? file : Array.isArray(files) ? files.join(', ') : fallback;
  return { file: named, code: error.code, message: error.message, hint: error.hint };
}

function noMigrations(dir: string): Warning {
  return {
    file: dir,
    code: 'no-migrations',
    message: `${dir} holds no migration`,
    hint: 'Write the first with `hygiene create <name>`.',
  };
}

function verifyProblems({ file, definition }: LoadedMigration): LintFinding<ErrorCode>[] {
  if (definition === null || mayMakeChecks(definition.verify)) return [];
  return [
    {
      file: basename(file.path),
      code: 'HYG_VERIFY_EMPTY',
      message: `${basename(file.path)}: verify never uses expect, so it proves nothing`,
      hint: 'Add a check, such as: await expect.clean();',
    },
  ];
}

/** False only when the function certainly makes no check: neither `expect` nor its whole argument is used. */
function mayMakeChecks(verify: VerifyFunction): boolean {
  const source = String(verify).replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g, '');
  if (source.includes('[native code]')) return true;
  const { parameters, body } = splitFunction(source);
  if (/\bexpect\b/.test(body)) return true;
  const [, renamed] = /\bexpect\s*:\s*([\w$]+)/.exec(parameters) ?? [];
  const [, whole] = /^\s*([\w$]+)\s*$/.exec(parameters) ?? [];
  const used = renamed ?? whole;
  return used !== undefined && new RegExp(`(?<![\\w$])${escaped(used)}(?![\\w$])`).test(body);
}

function splitFunction(source: string): { parameters: string; body: string } {
  const arrow = /^\s*(?:async\s+)?([\w$]+)\s*=>/.exec(source);
  if (arrow !== null) {
    return { parameters: arrow[1] ?? '', body: source.slice(arrow[0].length) };
  }
  const open = source.indexOf('(');
  let depth = 0;
  for (let at = open; at < source.length; at += 1) {
    if (source[at] === '(') depth += 1;
    if (source[at] === ')') depth -= 1;
    if (depth === 0) return { parameters: source.slice(open + 1, at), body: source.slice(at + 1) };
  }
  return { parameters: '', body: source };
}

function escaped(name: string): string {
  return name.replaceAll('$', String.raw`\$`);
}

function warningsOf({ file, definition, sqlPair }: LoadedMigration): Warning[] {
  if (sqlPair !== null) return changesWithoutWhere(file, sqlPair.up);
  const { up } = definition;
  return up.kind === 'steps' ? up.steps.flatMap((step) => stepWarnings(file, step)) : [];
}

function stepWarnings(file: MigrationFile, step: Step): Warning[] {
  switch (step.kind) {
    case 'purge':
      return [
        ...budgetWarnings(file, step),
        ...guardWarnings(file, step),
        ...backslashWarnings(file, step.rows.predicate),
      ];
    case 'scrub':
      return [...budgetWarnings(file, step), ...backslashWarnings(file, step.rows.predicate)];
    case 'sql':
      return [
        ...changesWithoutWhere(file, maskedSql(step.statement)),
        ...backslashWarnings(file, step.statement),
      ];
  }
}

function budgetWarnings(
  file: MigrationFile,
  { kind, budget }: Exclude<Step, { kind: 'sql' }>,
): Warning[] {
  if (budget.max !== undefined) return [];
  return [
    {
      file: basename(file.path),
      code: 'no-budget-max',
      message: `${basename(file.path)}: the ${kind} may change any number of rows`,
      hint: 'Say how many you expect at most, such as budget: { max: 500 }.',
    },
  ];
}

function guardWarnings(file: MigrationFile, { guard, rows }: PurgeStep): Warning[] {
  if (guard?.as !== 'check') return [];
  const obstacle = visibleObstacle(maskedSql(guard.predicate ?? rows.predicate));
  if (obstacle === null) return [];
  return [
    {
      file: basename(file.path),
      code: 'guard-not-expressible',
      message: `${basename(file.path)}: guard not expressible as a CHECK: its predicate has ${obstacle}`,
      hint: "Make it a trigger: guard: { as: 'trigger' }. Or guard columns of the table itself: guard: sql`…`.",
    },
  ];
}

/** Other template tags take backslashes away; who is used to them doubles those of a regular expression. */
function backslashWarnings(file: MigrationFile, statement: Sql): Warning[] {
  if (!maskedSql(statement).includes(String.raw`\\`)) return [];
  return [
    {
      file: basename(file.path),
      code: 'doubled-backslash',
      message: `${basename(file.path)}: two backslashes in a row match a backslash in the data`,
      hint: 'An sql template keeps them as they are written. Write one, if the next character was meant.',
    },
  ];
}

function changesWithoutWhere(file: MigrationFile, script: string): Warning[] {
  return splitStatements(script)
    .map(({ text }) => withoutTexts(text))
    .filter((text) => !/\bwhere\b/i.test(text))
    .flatMap((text) => /\bdelete\s+from\b|^\s*update\b/i.exec(text) ?? [])
    .map((found) => ({
      file: basename(file.path),
      code: 'change-without-where',
      message: `${basename(file.path)}: "${found.trim().toLowerCase()}" without WHERE changes the whole table`,
      hint: 'Name the rows, or say `where true` when all of them are meant.',
    }));
}
