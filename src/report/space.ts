import type { SpaceReport, TableLeftover } from '../runner/after-commit.ts';
import { counted } from '../kernel/counts.ts';
import { tableLines, wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { byteSize, duration } from './wording.ts';

const TABLES_SHOWN = 5;
const BLOCKERS_SHOWN = 3;
const COLUMNS = 98;

/** What a purge left on disk: what will be free again, and for whom. */
export function spaceLines(report: SpaceReport, style: Style = plainStyle): string[] {
  const { tables, notes } = report;
  const note = (text: string): string[] => wrapped(`${style.yellow('note:')} ${text}`, COLUMNS);
  return [
    ...sizeLines(tables),
    ...meaningOf(tables).flatMap((text) => wrapped(text, COLUMNS)),
    ...warningsOf(report).flatMap(note),
    ...notes.flatMap(note),
  ];
}

function sizeLines(tables: readonly TableLeftover[]): string[] {
  if (tables.length === 0) return [];
  const rows = tables
    .slice(0, TABLES_SHOWN)
    .map(({ table, tableBytes, indexBytes, deadBytes, rewritten }) => [
      table,
      byteSize(tableBytes),
      byteSize(indexBytes),
      rewritten ? 'returned already' : `about ${byteSize(deadBytes)}`,
    ]);
  const more = tables.length - TABLES_SHOWN;
  return [
    ...tableLines(
      [
        { title: 'space' },
        { title: 'on disk', align: 'right' },
        { title: 'indexes', align: 'right' },
        { title: 'dead rows', align: 'right' },
      ],
      rows,
    ),
    ...(more > 0 ? [`and ${counted(more, 'smaller table')}`] : []),
  ];
}

function meaningOf(tables: readonly TableLeftover[]): string[] {
  const [largest] = tables.filter(({ deadBytes }) => deadBytes > 0);
  if (largest === undefined) return [];
  return [
    'Autovacuum makes the space of dead rows free for new rows of the same table. It returns none to the ' +
      `operating system, but for empty pages at the end. VACUUM (FULL) ${largest.table} returns it, and ` +
      'locks everybody out meanwhile; pg_repack does it with short locks.',
  ];
}

function warningsOf({ tables, blockers }: SpaceReport): string[] {
  const told = blockers.slice(0, BLOCKERS_SHOWN).map(({ kind, name, about, ageSeconds }) => {
    const who = kind === 'session' ? `session ${name}` : `${kind} "${name}"`;
    const since = ageSeconds === null ? [] : [`for ${duration(ageSeconds * 1000)}`];
    const facts = [...(about === null ? [] : [about]), ...since].join(', ');
    return facts === '' ? who : `${who} (${facts})`;
  });
  const more = blockers.length - BLOCKERS_SHOWN;
  return [
    ...unattended(tables),
    ...(told.length === 0
      ? []
      : [
          `no VACUUM can free these rows while an older snapshot is held: ${told.join('; ')}` +
            `${more > 0 ? `; and ${String(more)} more` : ''}.`,
        ]),
  ];
}

function unattended(tables: readonly TableLeftover[]): string[] {
  const left = tables
    .filter(({ autovacuumOff, deadBytes }) => autovacuumOff !== null && deadBytes > 0)
    .slice(0, TABLES_SHOWN);
  if (left.length === 0) return [];
  const names = left.map(({ table }) => table).join(', ');
  const where = left.every(({ autovacuumOff }) => autovacuumOff === 'table')
    ? `for ${names}`
    : 'on this server';
  return [`autovacuum is off ${where}: the space is free only after VACUUM ${names};`];
}
