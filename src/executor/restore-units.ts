import { MUTATION_COLUMNS } from '../archive/archive-tables.ts';
import type { ArchiveKind } from '../archive/archive-name.ts';
import { type Catalog, type Column, findTable, type Table } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import { sql } from '../kernel/sql.ts';
import type { TypedColumn } from './row-hash.ts';

/** One archive table of an application, as it was recorded. */
export interface ArchivedTable {
  readonly source: QualifiedName;
  readonly archive: QualifiedName;
  readonly kind: ArchiveKind;
  /** Stages go back one by one, the last first. */
  readonly stage: number;
  readonly rows: number;
}

/** A column that is both in the archive and in the table. */
export interface SharedColumn extends TypedColumn {
  /** The type in the archive, where it is another one than the table's. */
  readonly convertedFrom: string | null;
}

/** An archive table and the table that its rows go back to, as that is now. */
export interface RestoreUnit extends ArchivedTable {
  /** Tells the units of one restore apart in names of temporary tables. */
  readonly position: number;
  readonly table: Table;
  /** Where the archived rows are read: the archive, or a copy of it where a cluster has divided it. */
  readonly kept: QualifiedName;
  /** Where the rows of today are read: the table, or a copy of those in a cluster that matter. */
  readonly now: QualifiedName;
  /** In the order of the table; generated columns are left out. */
  readonly columns: readonly SharedColumn[];
  /** Columns of the archive that the table has no more. */
  readonly lost: readonly string[];
}

/**
 * Finds the table of each archive and compares their columns.
 * @throws HygieneError HYG_REFUSED_RESTORE_SCHEMA, HYG_REFUSED_NOT_RESTORABLE
 */
export async function restoreUnits(
  connection: Connection,
  catalog: Catalog,
  archives: readonly ArchivedTable[],
): Promise<readonly RestoreUnit[]> {
  const columns = await archiveColumns(connection, archives);
  return archives
    .filter(({ rows }) => rows > 0)
    .map((each, position) => {
      const archived = columns.get(each.archive.quoted);
      if (archived === undefined) throw archiveGone(each);
      const table = findTable(catalog, each.source.schema, each.source.name);
      if (table?.kind !== 'table' && table?.kind !== 'partitioned') throw tableGone(each);
      const own = archived.filter(({ name }) => !INTERNAL.has(name));
      if (each.kind === 'rows') assertFillable(table, own);
      else if (own.length === archived.length) throw withoutHashes(each);
      const places = { kept: each.archive, now: table.name };
      return { ...each, position, table, ...places, ...compared(table, own) };
    });
}

const INTERNAL: ReadonlySet<string> = new Set(Object.values(MUTATION_COLUMNS));

function compared(
  table: Table,
  archived: readonly TypedColumn[],
): Pick<RestoreUnit, 'columns' | 'lost'> {
  const types = new Map(archived.map(({ name, type }) => [name, type]));
  const columns = table.columns
    .filter(({ name, generated }) => generated === null && types.has(name))
    .map(({ name, type }) => {
      const before = types.get(name) ?? type;
      return { name, type, convertedFrom: before === type ? null : before };
    });
  const present = new Set(table.columns.map(({ name }) => name));
  return { columns, lost: [...types.keys()].filter((name) => !present.has(name)) };
}

async function archiveColumns(
  connection: Connection,
  archives: readonly ArchivedTable[],
): Promise<ReadonlyMap<string, readonly TypedColumn[]>> {
  const names = archives.map(({ archive }) => archive.quoted);
  const { rows } = await connection.query<{ archive: string; name: string; type: string }>(sql`
    select wanted.name as archive,
           a.attname::text as name,
           format_type(a.atttypid, a.atttypmod) as type
      from unnest(${names}::text[]) as wanted (name)
      join pg_attribute a on a.attrelid = to_regclass(wanted.name)
     where a.attnum > 0
       and not a.attisdropped
     order by wanted.name, a.attnum
  `);
  const columns = new Map<string, TypedColumn[]>();
  for (const { archive, ...column } of rows) {
    columns.set(archive, [...(columns.get(archive) ?? []), column]);
  }
  return columns;
}

/** A column that was added since must be able to fill itself. */
function assertFillable(table: Table, archived: readonly TypedColumn[]): void {
  const known = new Set(archived.map(({ name }) => name));
  const empty = table.columns.filter((column) => !known.has(column.name) && mustBeGiven(column));
  if (empty.length === 0) return;
  const name = table.name.toString();
  const listed = empty.map((column) => column.name).join(', ');
  throw new HygieneError('HYG_REFUSED_RESTORE_SCHEMA', {
    message: `${name} has gained ${listed} since: NOT NULL without a default, so archived rows have no value for it.`,
    hint: `Give it a default until they are back: alter table ${name} alter column ${listed} set default …`,
    details: { table: name, columns: empty.map((column) => column.name) },
  });
}

function mustBeGiven({ notNull, hasDefault, generated, identity }: Column): boolean {
  return notNull && !hasDefault && generated === null && identity === null;
}

function tableGone({ source, archive }: ArchivedTable): HygieneError {
  const name = source.toString();
  return new HygieneError('HYG_REFUSED_RESTORE_SCHEMA', {
    message: `There is no table ${name} any more: it was dropped, renamed or moved since its rows were archived.`,
    hint: `Rename it back or make it again for the restore, or put the rows of ${archive.toString()} where they belong by hand.`,
    details: { table: name },
  });
}

function archiveGone({ source, archive }: ArchivedTable): HygieneError {
  return new HygieneError('HYG_REFUSED_NOT_RESTORABLE', {
    message: `The archive table ${archive.toString()} of ${source.toString()} is gone, though nobody pruned it with hygiene.`,
    hint: 'Look for a backup of the archive schema. hygiene archive list   shows what is there.',
    details: { table: source.toString(), archive: archive.toString() },
  });
}

/** Whether somebody changed the rows since could not be told then. */
export function withoutHashes({ source, archive }: ArchivedTable): HygieneError {
  return new HygieneError('HYG_REFUSED_NOT_RESTORABLE', {
    message: `${archive.toString()} was written by a version that kept no hash of what ${source.toString()} was changed to.`,
    hint: 'So nobody can tell whether its rows were changed since. Put them back by hand: docs/authoring.md',
    details: { table: source.toString(), archive: archive.toString() },
  });
}
