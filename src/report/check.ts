import { counted, grouped } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { CheckedDatabase } from '../runner/check-database.ts';
import type { Fields } from './document.ts';
import { indented, tableLines, wrapped } from './layout.ts';
import { scanFields } from './scan-document.ts';
import { plainStyle, type Style } from './style.ts';

const NOT_SEEN_SHOWN = 8;

/** Whether the database is clean, in one word, and by table what makes it dirty. */
export function checkText(checked: CheckedDatabase, style: Style = plainStyle): string[] {
  const { verdict, seen } = checked;
  const paint = { clean: style.green, dirty: style.red, unknown: style.yellow }[verdict];
  return [
    style.bold(paint(`${verdict}: ${reasons(checked).join('; ')}`)),
    ...tableSection(checked),
    ...section('Not seen', seen.notSeen),
  ];
}

export function reasons(checked: CheckedDatabase): readonly string[] {
  const { verdict, seen, verify, isWhole } = checked;
  if (verdict === 'dirty') return dirt(seen);
  if (verdict === 'unknown') {
    return [`nothing was found, but ${counted(seen.notSeen.length, 'thing')} could not be seen`];
  }
  const checks = verify?.migrations.flatMap((migration) => migration.checks).length ?? 0;
  const where = isWhole ? 'in the whole database' : 'in the tables that migrations and config name';
  return [
    `no seed data ${where}`,
    `nothing pending would remove a row`,
    `${counted(checks, 'lasting check')} passed`,
  ];
}

function dirt(seen: CheckedDatabase['seen']): readonly string[] {
  const { openAdmins, seedRows, pendingRows, failedChecks, brokenGuards } = seen;
  const facts = [
    [openAdmins, `${counted(openAdmins, 'administrator')} with a default password`],
    [seedRows, `${counted(seedRows, 'row')} of seed data`],
    [pendingRows, `${counted(pendingRows, 'row')} that pending migrations would remove or change`],
    [failedChecks, `${counted(failedChecks, 'lasting check')} failed`],
    [brokenGuards, `${counted(brokenGuards, 'seed guard')} not in force`],
  ] as const;
  return facts.filter(([count]) => count > 0).map(([, words]) => words);
}

/** Rows by table, as the scan found them and as pending migrations would remove them. */
function rowsByTable({ plan, scan }: CheckedDatabase): readonly {
  readonly table: string;
  readonly seed: number;
  readonly pending: number;
}[] {
  const rows = new Map<string, { seed: number; pending: number }>();
  const of = (table: string): { seed: number; pending: number } => {
    const known = rows.get(table) ?? { seed: 0, pending: 0 };
    rows.set(table, known);
    return known;
  };
  for (const { table } of scan.findings) of(table.name.toString()).seed += 1;
  for (const step of plan?.migrations.flatMap(({ steps }) => steps) ?? []) {
    if (step.kind === 'scrub') of(step.table).pending += step.rows;
    if (step.kind !== 'purge') continue;
    for (const { table, doomed, changed } of step.plan.tables)
      of(table).pending += doomed + changed;
  }
  return [...rows]
    .map(([table, counts]) => ({ table, ...counts }))
    .filter(({ seed, pending }) => seed + pending > 0)
    .sort((a, b) => b.seed + b.pending - a.seed - a.pending);
}

function tableSection(checked: CheckedDatabase): string[] {
  const rows = rowsByTable(checked);
  if (rows.length === 0) return [];
  return indented(
    tableLines(
      [
        { title: 'table' },
        { title: 'found by scan', align: 'right' },
        { title: 'pending', align: 'right' },
      ],
      rows.map(({ table, seed, pending }) => [table, grouped(seed), grouped(pending)]),
    ),
  );
}

function nextSteps({ seen, plan }: CheckedDatabase): readonly string[] {
  const isPending = (plan?.migrations.length ?? 0) > 0;
  return [
    ...(seen.openAdmins > 0
      ? ['hygiene scan   names the administrators; have their passwords changed now.']
      : []),
    ...(seen.pendingRows > 0 ? ['hygiene plan, then hygiene up   removes what is pending.'] : []),
    ...(seen.seedRows > 0 && !isPending
      ? ['hygiene scan   says why; hygiene scan --write NAME   writes the migration.']
      : []),
    ...(seen.failedChecks + seen.brokenGuards > 0
      ? ['hygiene verify   names the checks and guards that failed.']
      : []),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, NOT_SEEN_SHOWN).flatMap((line) => wrapped(line));
  const more = lines.length - NOT_SEEN_SHOWN;
  return ['', title, ...indented([...shown, ...(more > 0 ? [`and ${grouped(more)} more`] : [])])];
}

/** What a check ends with; null when the database is clean. */
export function checkFailure(checked: CheckedDatabase): HygieneError | null {
  const { verdict, seen } = checked;
  if (verdict === 'clean') return null;
  if (verdict === 'dirty') {
    return new HygieneError('HYG_CHECK_DIRTY', {
      message: `The database is dirty: ${reasons(checked).join('; ')}.`,
      hint: nextSteps(checked).join('\n'),
      details: { seen },
    });
  }
  return new HygieneError('HYG_CHECK_UNKNOWN', {
    message: 'What was looked at is clean, but not all of it could be looked at.',
    hint: 'Give the role the right to read what is listed, or the time; then check again.',
    details: { seen },
  });
}

export function checkDocument(checked: CheckedDatabase): Fields {
  const { verdict, seen, isWhole, scan } = checked;
  return { verdict, seen, isWhole, tables: rowsByTable(checked), scan: scanFields(scan) };
}
