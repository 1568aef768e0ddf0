import { counted } from '../kernel/counts.ts';
import type { Fields } from './document.ts';
import { indented, wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';

interface FindingFacts {
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly what: string;
  readonly proposal: string;
  readonly level: 'finding' | 'remark';
  readonly fixable: boolean;
}

type Status = 'ok' | 'warn' | 'problem' | 'unknown';

interface CheckFacts {
  readonly name: string;
  readonly status: Status;
  readonly words: string;
  readonly remedy: readonly string[];
}

export interface DoctorFacts {
  readonly repository: {
    readonly findings: readonly FindingFacts[];
    readonly changes: readonly {
      readonly file: string;
      readonly what: string;
      readonly isNew: boolean;
    }[];
  };
  readonly preflight: { readonly checks: readonly CheckFacts[] } | null;
  readonly leftOut: string | null;
}

/** Whether somebody has to do something. */
export function doctorFindings({ repository, preflight }: DoctorFacts): number {
  const findings = repository.findings.filter(({ level }) => level === 'finding').length;
  const problems = preflight?.checks.filter(({ status }) => status === 'problem').length ?? 0;
  return findings + problems;
}

/** The worst first. */
export function doctorText(facts: DoctorFacts, style: Style = plainStyle): string[] {
  const { repository, preflight, leftOut } = facts;
  return [
    ...repository.changes.map(
      ({ file, what, isNew }) => `${isNew ? 'created' : 'changed'}  ${file}  (${what})`,
    ),
    ...(repository.changes.length > 0 ? [''] : []),
    ...repository.findings.flatMap((finding) => findingLines(finding, style)),
    style.bold(repositoryLine(facts)),
    ...(leftOut === null
      ? []
      : [
          '',
          ...wrapped(
            `The database was not looked at. ${leftOut} Name one with --database-url or DATABASE_URL.`,
          ),
        ]),
    ...(preflight === null ? [] : ['', ...checkLines(preflight.checks, style)]),
    ...(preflight !== null && doctorFindings(facts) === 0
      ? ['Next: hygiene plan --out plan.json']
      : []),
  ];
}

function findingLines({ level, file, line, what, proposal }: FindingFacts, style: Style): string[] {
  const paint = level === 'finding' ? style.red : style.dim;
  return [
    `${paint(level)}  ${file}:${String(line)}`,
    ...indented(wrapped(what, 98)),
    ...indented(wrapped(proposal, 98)),
  ];
}

function repositoryLine({ repository }: DoctorFacts): string {
  const real = repository.findings.filter(({ level }) => level === 'finding');
  const remarks = repository.findings.length - real.length;
  const noted = remarks === 0 ? '' : ` (${counted(remarks, 'remark')})`;
  if (real.length === 0) return `Repository: nothing that would seed${noted}.`;
  const fixable = real.filter((each) => each.fixable).length;
  const fix = fixable === 0 ? '' : ` hygiene doctor --fix   disarms ${String(fixable)} of them.`;
  return `Repository: ${counted(real.length, 'finding')}${noted}.${fix}`;
}

const WORST_FIRST: readonly Status[] = ['problem', 'warn', 'unknown', 'ok'];

function checkLines(checks: readonly CheckFacts[], style: Style): string[] {
  const paint = { problem: style.red, warn: style.yellow, unknown: style.yellow, ok: style.green };
  const inOrder = WORST_FIRST.flatMap((status) => checks.filter((each) => each.status === status));
  const lines = inOrder.flatMap(({ name, status, words, remedy }) => [
    ...wrapped(`${status.padEnd(7)}  ${name}: ${words}`).map((line) =>
      line.startsWith(status) ? line.replace(status, paint[status]) : line,
    ),
    ...remedy.map((each) => `           ${each}`),
  ]);
  const counts = WORST_FIRST.map((status) => `${String(count(checks, status))} ${status}`);
  return [...lines, style.bold(`Database: ${counts.join(', ')}.`)];
}

function count(checks: readonly CheckFacts[], status: Status): number {
  return checks.filter((each) => each.status === status).length;
}

export function doctorDocument({ repository, preflight, leftOut }: DoctorFacts): Fields {
  const { findings, changes } = repository;
  return { findings, changes, checks: preflight?.checks ?? null, leftOut };
}

/** One setting, its value as far as it may be shown, and where it came from. */
export interface SettingFacts {
  readonly name: string;
  /** Null: not set, and there is no default. */
  readonly value: string | null;
  readonly source: string;
}

export function settingsText(
  settings: readonly SettingFacts[],
  style: Style = plainStyle,
): string[] {
  const width = Math.max(...settings.map(({ name }) => name.length));
  return settings.map(
    ({ name, value, source }) =>
      `${name.padEnd(width)}  ${value ?? '–'}  ${style.dim(`(${source})`)}`,
  );
}

export function settingsDocument(settings: readonly SettingFacts[]): Fields {
  return { settings };
}
