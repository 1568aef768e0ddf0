import type { Catalog, ForeignKey } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import type { Exclusion } from './exclusion.ts';
import type { LearnedTable } from './learn-table.ts';
import type { Ownership } from './ownership.ts';
import type { TableSample } from './sample-table.ts';
import { attempt } from './scan-transaction.ts';
import type { ScannedRows } from './scanned-rows.ts';
import type { ScannedTable } from './scanned-table.ts';
import { DEFAULT_MIN_SCORE } from './score.ts';

/** From this score on a row counts as seed data for what belongs to it, whatever is shown. */
export const SEED_FROM = DEFAULT_MIN_SCORE;

/** What is known of one table while the scan goes on. */
export class TableState {
  readonly scanned: ScannedTable;
  readonly sample: TableSample;
  readonly rows: ScannedRows;
  /** Percent of the pages that are looked at; null: all. */
  readonly percent: number | null;
  admins: ReadonlySet<string> = new Set();
  readonly #excluded = new Map<string, Exclusion>();
  readonly #hanging = new Set<string>();
  readonly #failures: string[] = [];

  constructor(
    { scanned, sample }: LearnedTable,
    { rows, percent }: Pick<TableState, 'rows' | 'percent'>,
  ) {
    this.scanned = scanned;
    this.sample = sample;
    this.rows = rows;
    this.percent = percent;
  }

  isSeed(key: string): boolean {
    return this.rows.scoreOf(key) >= SEED_FROM && !this.isSpared(key);
  }

  seedKeys(): readonly string[] {
    return this.rows
      .from(SEED_FROM)
      .map(({ key }) => key)
      .filter((key) => !this.isSpared(key));
  }

  /** Whether the row is none to be removed, whatever speaks against it. */
  isSpared(key: string): boolean {
    return this.admins.has(key) || this.#excluded.has(key);
  }

  exclude(exclusion: Exclusion, keys: readonly string[]): void {
    for (const key of keys) this.#excluded.set(key, exclusion);
  }

  /** The exclusions that were about rows here, with how many. */
  get excluded(): ReadonlyMap<Exclusion, number> {
    const counts = new Map<Exclusion, number>();
    for (const exclusion of this.#excluded.values()) {
      counts.set(exclusion, (counts.get(exclusion) ?? 0) + 1);
    }
    return counts;
  }

  ownership(key: string, verdict: Ownership): void {
    if (verdict === 'apart') this.#hanging.add(key);
    else this.#hanging.delete(key);
  }

  /** How many rows hang on seed rows and are none themselves. */
  get hanging(): number {
    return [...this.#hanging].filter((key) => !this.isSeed(key)).length;
  }

  failed(reason: string): void {
    this.#failures.push(reason);
  }

  /** Why parts of the scan of this table did not come to an end. */
  get failures(): readonly string[] {
    return this.#failures;
  }
}

export class ScanState {
  readonly #connection: Connection;
  readonly catalog: Catalog;
  readonly #byOid: ReadonlyMap<number, TableState>;
  readonly #personal: ReadonlySet<number>;

  constructor(connection: Connection, catalog: Catalog, tables: readonly TableState[]) {
    this.#connection = connection;
    this.catalog = catalog;
    this.#byOid = new Map(tables.map((each) => [each.scanned.table.oid, each]));
    this.#personal = personalTables(catalog, tables);
  }

  get tables(): readonly TableState[] {
    return [...this.#byOid.values()];
  }

  of(oid: number): TableState {
    const found = this.#byOid.get(oid);
    if (found === undefined) throw new Error(`table ${String(oid)} is not part of the scan`);
    return found;
  }

  /** The foreign keys between tables that are part of the scan. */
  get foreignKeys(): readonly ForeignKey[] {
    return this.catalog.foreignKeys.filter(
      ({ child, parent }) => this.#byOid.has(child) && this.#byOid.has(parent),
    );
  }

  /** Whether the rows of the table are people, or belong to some. */
  isPersonal(oid: number): boolean {
    return this.#personal.has(oid);
  }

  /** The foreign keys from the table to others that are part of the scan. */
  ownerKeysOf({ scanned }: TableState): readonly ForeignKey[] {
    return this.foreignKeys.filter(
      ({ child, parent }) => child === scanned.table.oid && parent !== child,
    );
  }

  childrenOf(parents: readonly TableState[]): readonly TableState[] {
    const oids = new Set(parents.map(({ scanned }) => scanned.table.oid));
    return this.tables.filter((table) =>
      this.ownerKeysOf(table).some(({ parent }) => oids.has(parent)),
    );
  }

  /** Does a part of the scan for one table; that it fails is recorded, and the scan goes on. */
  async attempt(table: TableState, work: () => Promise<void>): Promise<void> {
    const result = await attempt(this.#connection, work);
    if (!result.ok) table.failed(result.reason);
  }
}

function personalTables(catalog: Catalog, tables: readonly TableState[]): ReadonlySet<number> {
  const personal = new Set(
    tables.filter(({ scanned }) => scanned.isOfPersons).map(({ scanned }) => scanned.table.oid),
  );
  let before = -1;
  while (personal.size > before) {
    before = personal.size;
    for (const { child, parent } of catalog.foreignKeys) {
      if (personal.has(parent)) personal.add(child);
    }
  }
  return personal;
}
