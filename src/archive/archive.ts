import type { Connection } from '../database/connection.ts';
import { ColumnName, type QualifiedName } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { type ArchiveKind, archiveTable } from './archive-name.ts';

/** What the archive tables of one application belong to. */
export interface ArchivePlace {
  readonly schema: string;
  readonly migrationId: string;
  readonly generation: number;
}

export interface ArchivedRows {
  /** Where the rows come from. */
  readonly source: QualifiedName;
  readonly kind: ArchiveKind;
  /** For mutations, the columns that will be changed; null for removed rows. */
  readonly changedColumns: readonly string[] | null;
  /** Joins the source, by its own name, with the work table `hygiene_listed` that lists the rows. */
  readonly selected: { readonly workTable: QualifiedName; readonly condition: Sql };
}

/** One archive table that was written, and how many rows it holds. */
export interface ArchiveRecord {
  readonly source: QualifiedName;
  readonly archive: QualifiedName;
  readonly kind: ArchiveKind;
  readonly rows: number;
  readonly changedColumns: readonly string[] | null;
}

/** The archive tables of one application of one migration, filled as its steps go on. */
export class Archive {
  readonly #connection: Connection;
  readonly #place: ArchivePlace;
  readonly #records = new Map<string, ArchiveRecord>();
  readonly #known: ReadonlySet<string>;

  /** @param known what earlier transactions of the same application have archived */
  constructor(connection: Connection, place: ArchivePlace, known: readonly ArchiveRecord[] = []) {
    this.#connection = connection;
    this.#place = place;
    for (const record of known) this.#records.set(record.archive.quoted, record);
    this.#known = new Set(this.#records.keys());
  }

  get records(): readonly ArchiveRecord[] {
    return [...this.#records.values()];
  }

  /**
   * Copies rows into a table of the same column types: what came out can go back without a
   * conversion. The table is made by the first copy; rows that are taken later are added.
   * @returns how many rows were copied
   */
  async add({ source, kind, changedColumns, selected }: ArchivedRows): Promise<number> {
    const { schema, ...application } = this.#place;
    const archive = archiveTable(schema, { ...application, table: source, kind });
    const known = this.#records.get(archive.quoted);
    const copy = sql`
      select ${new ColumnName(source.name)}.*
        from ${source}
        join ${selected.workTable} as hygiene_listed on ${selected.condition}
    `;
    // In two statements, since not every driver says how many rows CREATE TABLE AS has copied.
    if (known === undefined) {
      await this.#connection.query(sql`create table ${archive} as ${copy} with no data`);
    }
    const { rowCount } = await this.#connection.query(sql`insert into ${archive} ${copy}`);
    const rows = (known?.rows ?? 0) + rowCount;
    this.#records.set(archive.quoted, {
      source,
      archive,
      kind,
      rows,
      changedColumns: union(known?.changedColumns ?? null, changedColumns),
    });
    return rowCount;
  }

  /**
   * A row that stays may lose one reference in one batch and another in the next. Only the first copy
   * shows it as it was, so later ones are taken out again.
   * @param listed lists the rows that were just copied, by their key
   */
  async keepFirst(
    source: QualifiedName,
    listed: { readonly workTable: QualifiedName; readonly key: readonly string[] },
  ): Promise<void> {
    const { schema, ...application } = this.#place;
    const archive = archiveTable(schema, { ...application, table: source, kind: 'mutations' });
    const record = this.#records.get(archive.quoted);
    if (record === undefined) return;
    const columns = listed.key.map((column) => new ColumnName(column));
    if (!this.#known.has(archive.quoted)) {
      const list = joinSql(
        columns.map((column) => sql`${column}`),
        ', ',
      );
      await this.#connection.query(sql`create index on ${archive} (${list})`);
      return;
    }
    const same = (one: string, other: string): Sql =>
      joinSql(
        columns.map(({ quoted }) => rawSql(`${one}.${quoted} = ${other}.${quoted}`)),
        ' and ',
      );
    const { rowCount } = await this.#connection.query(sql`
      delete from ${archive} as later
       using ${listed.workTable} as hygiene_listed
       where ${same('later', 'hygiene_listed')}
         and later.xmin = pg_current_xact_id()::xid
         and exists (select from ${archive} as earlier
                      where ${same('earlier', 'hygiene_listed')}
                        and earlier.xmin <> pg_current_xact_id()::xid)
    `);
    this.#records.set(archive.quoted, { ...record, rows: record.rows - rowCount });
  }

  /**
   * Keeps what a DELETE removes, in the same statement.
   * @returns how many rows were removed, and so copied
   */
  async addRemoved(source: QualifiedName, deletion: Sql): Promise<number> {
    const { schema, ...application } = this.#place;
    const archive = archiveTable(schema, { ...application, table: source, kind: 'rows' });
    const known = this.#records.get(archive.quoted);
    const self = new ColumnName(source.name);
    if (known === undefined) {
      const copy = sql`select ${self}.* from ${source} with no data`;
      await this.#connection.query(sql`create table ${archive} as ${copy}`);
    }
    const { rowCount } = await this.#connection.query(sql`
      with hygiene_removed as (${deletion} returning ${self}.*)
      insert into ${archive} select * from hygiene_removed
    `);
    const rows = (known?.rows ?? 0) + rowCount;
    this.#records.set(archive.quoted, {
      source,
      archive,
      kind: 'rows',
      rows,
      changedColumns: null,
    });
    return rowCount;
  }
}

function union(
  first: readonly string[] | null,
  second: readonly string[] | null,
): readonly string[] | null {
  return first === null || second === null
    ? (first ?? second)
    : [...new Set([...first, ...second])];
}
