import type { Connection } from '../database/connection.ts';
import { ColumnName, type QualifiedName } from '../kernel/identifiers.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import { type ArchiveKind, archiveTable } from './archive-name.ts';
import { type ArchiveSchemas, ArchiveTables } from './archive-tables.ts';

/** What the archive tables of one application belong to. */
export interface ArchivePlace {
  readonly schemas: ArchiveSchemas;
  readonly migrationId: string;
  readonly generation: number;
}

export interface ArchivedRows {
  /** Where the rows come from. */
  readonly source: QualifiedName;
  /** `from …`: the rows of the source, which goes by its own name. */
  readonly from: Sql;
  /** The column by which a cluster divides the source, and so its archive; null: the archive is here. */
  readonly distributedBy: string | null;
}

/** One archive table that was written, and how many rows it holds. */
export interface ArchiveRecord {
  readonly source: QualifiedName;
  readonly archive: QualifiedName;
  readonly kind: ArchiveKind;
  /** Which part of the migration filled it. @see stagesOf */
  readonly stage: number;
  readonly rows: number;
  readonly changedColumns: readonly string[] | null;
}

/** The archive tables of one application of one migration, filled as its steps go on. */
export class Archive {
  readonly #connection: Connection;
  readonly #place: ArchivePlace;
  readonly #tables: ArchiveTables;
  readonly #records = new Map<string, ArchiveRecord>();
  #stage = 1;

  /** @param known what earlier transactions of the same application have archived */
  constructor(connection: Connection, place: ArchivePlace, known: readonly ArchiveRecord[] = []) {
    this.#connection = connection;
    this.#place = place;
    this.#tables = new ArchiveTables(connection, place.schemas);
    for (const record of known) this.#records.set(record.archive.quoted, record);
  }

  /** What is archived from now on goes into tables of its own. */
  beginStage(stage: number): void {
    this.#stage = stage;
  }

  /** The schema of its tables, where the role may make others there; else null. */
  async ownSchema(): Promise<string | null> {
    return (await this.#tables.mayCreate()) ? this.#place.schemas.archive : null;
  }

  get records(): readonly ArchiveRecord[] {
    return [...this.#records.values()];
  }

  /** Whether rows of the table were archived already in this stage. */
  has(source: QualifiedName): boolean {
    return this.#records.has(this.#nameFor(source, 'rows').quoted);
  }

  /**
   * Copies rows into a table of the same column types: what came out can go back without a
   * conversion. The table is made by the first copy; rows that are taken later are added.
   * @returns how many rows were copied
   */
  async add({ source, from, distributedBy }: ArchivedRows): Promise<number> {
    const kind = 'rows';
    const archive = this.#nameFor(source, kind);
    const copy = sql`select ${new ColumnName(source.name)}.* ${from}`;
    const rows = this.#records.has(archive.quoted)
      ? (await this.#connection.query(sql`insert into ${archive} ${copy}`)).rowCount
      : await this.#tables.createFrom(archive, { source, distributedBy }, copy);
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
    await this.#tables.create(archive, source, kind);
    return archive;
  }

  #nameFor(table: QualifiedName, kind: ArchiveKind): QualifiedName {
    const { schemas, ...application } = this.#place;
    return archiveTable(schemas.archive, { ...application, stage: this.#stage, table, kind });
  }

  /** Counts rows that were put into an archive table. */
  count(added: Omit<ArchiveRecord, 'stage'>): void {
    const known = this.#records.get(added.archive.quoted);
    this.#records.set(added.archive.quoted, {
      ...added,
      stage: this.#stage,
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
