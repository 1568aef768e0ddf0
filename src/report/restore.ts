import { counted, grouped } from '../kernel/counts.ts';
import type { ReapplyReport } from '../runner/reapply.ts';
import type { RestoreReport } from '../runner/restore.ts';
import type { Fields } from './document.ts';
import { indented, tableLines, wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { duration, shortHash } from './wording.ts';

/** What went back, what stayed in the archive, and what holds from now on. */
export function restoreText(report: RestoreReport, style: Style = plainStyle): string[] {
  const { id, dryRun, event, durationMs } = report;
  const word = dryRun ? style.yellow('dry run ') : style.green('restored');
  const place = event === null ? '' : `, ledger event ${event.seq}, hash ${shortHash(event.hash)}`;
  return [
    `${word}  ${style.bold(id)}  (${duration(durationMs)}${place})`,
    ...indented([...rowLines(report), ...asideLines(report, style)]),
    '',
    ...endLines(report, style),
  ];
}

function rowLines({ tables }: RestoreReport): string[] {
  if (tables.length === 0) return ['no row was archived'];
  return tableLines(
    [
      { title: 'table' },
      { title: 'put back', align: 'right' },
      { title: 'set back', align: 'right' },
      { title: 'skipped', align: 'right' },
      { title: 'archived', align: 'right' },
    ],
    tables.map(({ table, kind, restored, skipped, archived }) => [
      table.name.toString(),
      grouped(kind === 'rows' ? restored : 0),
      grouped(kind === 'mutations' ? restored : 0),
      grouped(skipped),
      grouped(archived),
    ]),
  );
}

function asideLines(report: RestoreReport, style: Style): string[] {
  const { tables, sideEffects, remarks, guardsDropped } = report;
  const note = (text: string): string[] => wrapped(`${style.yellow('note:')} ${text}`, 98);
  return [
    ...tables.flatMap(({ table, lost, converted, skipped, skippedKeys }) => {
      const name = table.name.toString();
      return [
        ...(lost.length === 0
          ? []
          : note(
              `${name} has no column ${lost.join(', ')} any more: those values stay in the archive.`,
            )),
        ...(converted.length === 0
          ? []
          : note(
              `${name}: values of ${converted.join(', ')} were converted to the type of today.`,
            )),
        ...(skippedKeys.length === 0
          ? []
          : note(`${name}: skipped ${keysText(skippedKeys, skipped)}`)),
      ];
    }),
    ...sideEffects.map(
      ({ table, reason, inserted, updated }) =>
        `side effect: ${table}: ${grouped(inserted)} inserted, ${grouped(updated)} updated (${reason})`,
    ),
    ...guardsDropped.map((name) => `guard: ${name} was dropped: it would refuse these rows`),
    ...remarks.flatMap(note),
  ];
}

function keysText(keys: readonly string[], rows: number): string {
  return `key ${keys.join('; ')}${keys.length < rows ? ', …' : ''}`;
}

function endLines(report: RestoreReport, style: Style): string[] {
  const { putBack, setBack, skipped } = restoreTotals(report);
  const parts = [
    `${counted(putBack, 'row')} put back`,
    `${grouped(setBack)} set back`,
    ...(skipped === 0 ? [] : [`${grouped(skipped)} skipped`]),
  ].join(', ');
  if (report.dryRun) {
    return [
      style.bold(`${parts}: tried, proven and rolled back.`),
      `Nothing was changed. Next: hygiene restore ${report.id}`,
    ];
  }
  return [
    style.bold(`${parts}. The migration is held: up and verify leave it alone.`),
    `To release it: hygiene reapply ${report.id} --reason '…'`,
  ];
}

function restoreTotals({ tables }: RestoreReport): {
  readonly putBack: number;
  readonly setBack: number;
  readonly skipped: number;
} {
  const sum = (kind: string): number =>
    tables.reduce((total, each) => total + (each.kind === kind ? each.restored : 0), 0);
  return {
    putBack: sum('rows'),
    setBack: sum('mutations'),
    skipped: tables.reduce((total, each) => total + each.skipped, 0),
  };
}

export function restoreDocument(report: RestoreReport): Fields {
  const { id, generation, dryRun, durationMs, event, tables, sideEffects, remarks } = report;
  const { guardsDropped } = report;
  return {
    ...{ id, generation, dryRun, durationMs, event },
    totals: restoreTotals(report),
    tables: tables.map(({ table, ...facts }) => ({ table: table.name.toString(), ...facts })),
    sideEffects,
    remarks,
    guardsDropped,
  };
}

export function reapplyText({ id, from, generation, event }: ReapplyReport): string[] {
  return [
    `released  ${id}  (was ${from}; generation ${generation}, ledger event ${event.seq}, hash ${shortHash(event.hash)})`,
    'No row was changed: the next up applies it again. Next: hygiene plan',
  ];
}

export function reapplyDocument({ id, from, generation, event }: ReapplyReport): Fields {
  return { id, from, generation, event };
}
