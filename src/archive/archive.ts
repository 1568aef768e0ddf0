import type { Connection } from '../database/connection.ts';
import { createTableAs } from '../database/create-table-as.ts';
import { ColumnName, type QualifiedName } from '../kernel/identifiers.ts';
import { type Sql, sql } from '../kernel/sql.ts';
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
  /** `from …`: the rows of the source, which goes by its own name. */
  readonly from: Sql;
}

/**
 * What a mutations archive has beside the columns of its source: the order of the changes, since a row
 * can be changed more than once, and a hash by changed column of the value that the change has left.
 */
export const MUTATION_COLUMNS = { order: 'hygiene_seq', after: 'hygiene_after' } as const;

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

  /** @param known what earlier transactions of the same application have archived */
  constructor(connection: Connection, place: ArchivePlace, known: readonly ArchiveRecord[] = []) {
    this.#connection = connection;
    this.#place = place;
    for (const record of known) this.#records.set(record.archive.quoted, record);
  }

  /** The schema of its tables. */
  get schema(): string {
    return this.#place.schema;
  }

  get records(): readonly ArchiveRecord[] {
    return [...this.#records.values()];
  }

  /**
   * Copies rows into a table of the same column types: what came out can go back without a
   * conversion. The table is made by the first copy; rows that are taken later are added.
   * @returns how many rows were copied
   */
  async add({ source, from }: ArchivedRows): Promise<number> {
    const kind = 'rows';
    const archive = this.#nameFor(source, kind);
    const copy = sql`select ${new ColumnName(source.name)}.* ${from}`;
    const rows = this.#records.has(archive.quoted)
      ? (await this.#connection.query(sql`insert into ${archive} ${copy}`)).rowCount
      : await createTableAs(this.#connection, archive, copy);
    this.count({ source, archive, kind, rows, changedColumns: null });
    return rows;
  }

  /**
   * The archive table of a source, made where there is none. What fills it is another statement, since
   * not every driver says how many rows CREATE TABLE AS has copied.
   */
  async tableFor(source: QualifiedName, kind: ArchiveKind): Promise<QualifiedName> {
    const archive = this.#nameFor(source, kind);
    if (this.#records.has(archive.quoted)) return archive;
    await this.#connection.query(
      sql`create table ${archive} as select * from ${source} with no data`,
    );
    if (kind === 'mutations') {
      await this.#connection.query(sql`
        alter table ${archive}
          add column ${new ColumnName(MUTATION_COLUMNS.after)} jsonb,
          add column ${new ColumnName(MUTATION_COLUMNS.order)} bigint generated always as identity
      `);
    }
    return archive;
  }

  #nameFor(table: QualifiedName, kind: ArchiveKind): QualifiedName {
    const { schema, ...application } = this.#place;
    return archiveTable(schema, { ...application, table, kind });
  }

  /** Counts rows that were put into an archive table. */
  count(added: ArchiveRecord): void {
    const known = this.#records.get(added.archive.quoted);
    this.#records.set(added.archive.quoted, {
      ...added,
      rows: (known?.rows ?? 0) + added.rows,
      changedColumns: union(known?.changedColumns ?? null, added.changedColumns),
    });
  }

  /**
   * Keeps what a DELETE removes, in the same statement.
   * @returns how many rows were removed, and so copied
   */
  async addRemoved(source: QualifiedName, deletion: Sql): Promise<number> {
    const kind = 'rows';
    const archive = await this.tableFor(source, kind);
    const { rowCount } = await this.#connection.query(sql`
      with hygiene_removed as (${deletion} returning ${new ColumnName(source.name)}.*)
      insert into ${archive} select * from hygiene_removed
    `);
    this.count({ source, archive, kind, rows: rowCount, changedColumns: null });
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
