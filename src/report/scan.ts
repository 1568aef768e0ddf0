import { counted, grouped } from '../kernel/counts.ts';
import type { Apart, ApartReason, Finding } from '../scanner/finding.ts';
import { keyAsJson } from '../scanner/row-key.ts';
import type { ScannedFacts, ScanResult } from '../scanner/scan-result.ts';
import { wordFor } from '../scanner/score.ts';
import { indented, tableLines, wrapped } from './layout.ts';
import { findingsByTable, reasonsOf, rowName } from './scan-groups.ts';
import { plainStyle, type Style } from './style.ts';

const REASONS_SHOWN = 5;
const KEYS_SHOWN = 5;
const ADMINS_SHOWN = 20;

export interface ScanView extends ScanResult {
  readonly minScore: number;
  /** The migration that was written; null: none. */
  readonly written: string | null;
}

/** What a scan found, the most urgent first, and what to do about it. */
export function scanText(view: ScanView, style: Style = plainStyle): string[] {
  const admins = view.findings.filter(({ kind }) => kind === 'admin-default-password');
  const seeds = view.findings.filter(({ kind }) => kind !== 'admin-default-password');
  return [
    ...adminLines(admins, style),
    ...(seeds.length === 0 ? [noneLine(view)] : seedLines(seeds, style)),
    ...section('Left out of the findings', wordsLines(view.apart.map(apartWords)), style),
    ...section('Not looked at', wordsLines(notLookedAtWords(view)), style),
    ...section('Next', nextLines(view, { admins: admins.length, seeds: seeds.length }), style),
  ];
}

function adminLines(admins: readonly Finding[], style: Style): string[] {
  if (admins.length === 0) return [];
  const shown = admins.slice(0, ADMINS_SHOWN).flatMap((finding) =>
    wrapped(
      `  ${finding.table.name.toString()} ${keyText(finding)}: ${finding.evidence
        .filter(({ family }) => family === 'credential')
        .map(({ says }) => says)
        .join('; ')}`,
    ),
  );
  const more = admins.length - ADMINS_SHOWN;
  return [
    style.red(style.bold(`${counted(admins.length, 'administrator')} with a default password`)),
    ...shown,
    ...(more > 0 ? [`  and ${grouped(more)} more`] : []),
    '',
  ];
}

function keyText({ table, key }: Finding): string {
  return rowName(table.key, keyAsJson(table, key));
}

function noneLine({ tables, minScore }: ScanView): string {
  const rows = tables.filter(({ columns }) => columns.length > 0).length;
  return `No seed data found in ${counted(rows, 'table')} (score ${String(minScore)} or more).`;
}

function seedLines(seeds: readonly Finding[], style: Style): string[] {
  const tables = findingsByTable(seeds);
  const rows = [...tables].map(([table, findings]) => [
    table.name.toString(),
    grouped(findings.length),
    ...(['certain', 'likely', 'possible'] as const).map((word) =>
      grouped(findings.filter(({ score }) => wordFor(score) === word).length),
    ),
  ]);
  const title = `Seed data: ${counted(seeds.length, 'row')} in ${counted(tables.size, 'table')}`;
  return [
    style.bold(title),
    ...indented(
      tableLines(
        [
          { title: 'table' },
          { title: 'rows', align: 'right' },
          { title: 'certain', align: 'right' },
          { title: 'likely', align: 'right' },
          { title: 'possible', align: 'right' },
        ],
        rows,
      ),
    ),
    ...[...tables].flatMap(([table, findings]) => [
      '',
      style.bold(table.name.toString()),
      ...indented(reasonLines(findings)).flatMap((line) => wrapped(line)),
    ]),
  ];
}

/** The reasons that most rows share, with some of their keys. */
function reasonLines(findings: readonly Finding[]): string[] {
  const reasons = reasonsOf(findings);
  const shown = reasons
    .slice(0, REASONS_SHOWN)
    .map(({ reason, findings: of }) => [grouped(of.length), reason]);
  const keys = findings.slice(0, KEYS_SHOWN).map(keyText).join(', ');
  const more = reasons.length - REASONS_SHOWN;
  return [
    ...tableLines([{ title: 'rows', align: 'right' }, { title: 'because' }], shown),
    ...(more > 0 ? [`and ${counted(more, 'other reason')}`] : []),
    `such as ${keys}${findings.length > KEYS_SHOWN ? ', …' : ''}`,
  ];
}

const APART: Readonly<Record<ApartReason, string>> = {
  admin: 'of administrators with signs of seed data: never proposed for removal',
  protected: 'with signs of seed data, in a protected set of hygiene/config',
  suppressed: 'with signs of seed data, genuine by hygiene/config',
  'hangs-on-seed':
    'genuine by its looks, but hanging on seed data: a purge would have to take it along or detach it',
};

/** `users: 3 rows of administrators with signs of seed data: never proposed for removal` */
export function apartWords({ table, reason, rows, says }: Apart): string {
  const why = says === null ? '' : ` (${says})`;
  return `${table.name.toString()}: ${counted(rows, 'row')} ${APART[reason]}${why}`;
}

export function notLookedAtWords({ tables, leftOut, passwords }: ScanResult): readonly string[] {
  return [
    ...leftOut.map(({ table, reason }) => `${table}: ${reason}`),
    ...tables.flatMap(partsNotLookedAt),
    ...passwords.flatMap(({ table, column, notTried }) =>
      notTried.map((what) => `${table.name.toString()}.${column}: ${what}`),
    ),
  ];
}

function partsNotLookedAt({
  table,
  columns,
  percent,
  beyond,
  isHidden,
  failures,
}: ScannedFacts): readonly string[] {
  const name = table.name.toString();
  return [
    ...failures.map((reason) => `${name}: not to its end, since ${reason}`),
    ...(columns.length === 0 ? [`${name}: no column holds what seed data shows in`] : []),
    ...(percent === null
      ? []
      : [
          `${name}: ${percent.toFixed(1)} % of its pages were looked at; --whole-up-to looks at more`,
        ]),
    ...(isHidden ? [`${name}: row-level security hides rows from this role`] : []),
    ...(beyond === 0
      ? []
      : [`${name}: ${counted(beyond, 'row')} more matched, and were only counted`]),
  ];
}

interface Totals {
  readonly admins: number;
  readonly seeds: number;
}

function nextLines(view: ScanView, { admins, seeds }: Totals): string[] {
  const weaker = view.tables.reduce((sum, each) => sum + each.weaker, 0);
  return [
    ...(admins === 0 ? [] : ['Have the passwords of these administrators changed now.']),
    ...(seeds === 0 ? [] : seedSteps(view)),
    ...(weaker === 0
      ? []
      : [
          `${counted(weaker, 'row')} more may be seed data: hygiene scan --min-score 0.3 shows them.`,
        ]),
  ].flatMap((line) => wrapped(line));
}

function seedSteps({ written, rules }: ScanView): readonly string[] {
  const suppress = 'Genuine rows among them? Say so under scan.suppress in hygiene/config.';
  const blocked = (rules?.blocked ?? []).map(
    ({ table, rows, reason }) =>
      `No rule for ${counted(rows, 'row')} of ${table.name.toString()}: ${reason}.`,
  );
  if (written !== null) {
    return [`created  ${written}`, ...blocked, 'Read it, then: hygiene plan', suppress];
  }
  return rules === null
    ? ['hygiene scan --write NAME   writes the migration that removes these rows.', suppress]
    : [...blocked, 'Nothing was written: no rule is left.', suppress];
}

function wordsLines(words: readonly string[]): string[] {
  return words.flatMap((line) => wrapped(line));
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ['', style.bold(title), ...indented(lines)];
}
