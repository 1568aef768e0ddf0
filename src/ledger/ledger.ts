import type { Connection } from '../database/connection.ts';
import { queryOne } from '../database/connection.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import { type ChainReport, type ChainRow, toChainReport } from './chain-report.ts';
import {
  type EnvironmentMarker,
  type MarkerRow,
  markerColumns,
  readMarker,
  toMarker,
  writeMarker,
} from './environment-marker.ts';
import {
  type AppendedRow,
  appendStatement,
  type FullRow,
  fullColumns,
  headIsIntactSql,
  lightColumns,
  type LightRow,
  toAppendedEvent,
  toLedgerEvent,
  toRecordedEvent,
} from './event-rows.ts';
import type { AppendedEvent, EventName, LedgerEvent, NewEvent, RecordedEvent } from './events.ts';
import { assertSchemaVersion, brokenHead, withRights } from './ledger-errors.ts';
import {
  environmentTable,
  ledgerFunction,
  ledgerTable,
  type LedgerNames,
  metaTable,
} from './names.ts';
import { assertTransition, type Status } from './transitions.ts';

/** The ledger at one moment: all that `up` needs to see that nothing is pending. */
export interface LedgerSnapshot {
  readonly installed: boolean;
  /** Null when the ledger is not installed. */
  readonly schemaVersion: number | null;
  /** False: the newest event was changed or does not fit. */
  readonly headOk: boolean;
  /** Those that tell where migrations stand: without `verified`, which is written on every deploy. */
  readonly events: readonly LedgerEvent[];
  /** Position of the newest event of all; null: there is none. */
  readonly headSeq: number | null;
  readonly marker: EnvironmentMarker | null;
}

export interface EventFilter {
  readonly seq?: number;
  readonly migrationId?: string;
  readonly event?: EventName;
  /** Only events before this position. */
  readonly before?: number;
  /** The newest ones; they still come oldest first. */
  readonly limit?: number;
}

const TELLING = sql`l.event <> 'verified'`;

const NOT_INSTALLED: LedgerSnapshot = {
  installed: false,
  schemaVersion: null,
  headOk: true,
  events: [],
  headSeq: null,
  marker: null,
};

/**
 * The ledger of one database. Nothing here begins or ends a transaction, and nothing is remembered
 * between calls. A role without rights on the ledger gets HYG_REFUSED_PRIVILEGES.
 */
export class Ledger {
  readonly #connection: Connection;
  readonly names: LedgerNames;

  constructor(connection: Connection, names: LedgerNames) {
    this.#connection = connection;
    this.names = names;
  }

  /** Needs no right to create anything. */
  async isInstalled(): Promise<boolean> {
    const { installed } = await this.#one<{ installed: boolean }>(
      sql`select to_regclass(${ledgerTable(this.names).quoted}) is not null as installed`,
    );
    return installed;
  }

  /** Makes schemas, tables, functions and views, in the caller's transaction. */
  async install(toolVersion: string | null = null): Promise<void> {
    const { ledgerDdl } = await import('./ddl.ts');
    await this.#connection.script(ledgerDdl(this.names, toolVersion));
  }

  /** @throws HygieneError HYG_LEDGER_UNKNOWN_VERSION when this tool cannot work with the ledger */
  async version(): Promise<number> {
    const { version } = await this.#one<{ version: number }>(
      sql`select max(schema_version) as version from ${metaTable(this.names)}`,
    );
    return assertSchemaVersion(this.names, version);
  }

  /**
   * Everything at one moment, in two round trips.
   * @throws HygieneError HYG_LEDGER_UNKNOWN_VERSION
   */
  async snapshot(): Promise<LedgerSnapshot> {
    if (!(await this.isInstalled())) return NOT_INSTALLED;
    const row = await this.#one<SnapshotRow>(sql`
      select
        (select max(schema_version) from ${metaTable(this.names)}) as schema_version,
        ${headIsIntactSql(this.names)} as head_ok,
        (select max(l.seq) from ${ledgerTable(this.names)} as l) as head_seq,
        (select to_json(marked) from (
          select ${markerColumns} from ${environmentTable(this.names)} as e
        ) as marked) as marker,
        (select json_agg(light order by light.seq) from (
          select ${lightColumns} from ${ledgerTable(this.names)} as l where ${TELLING}
        ) as light) as events
    `);
    assertSchemaVersion(this.names, row.schema_version);
    return {
      installed: true,
      schemaVersion: row.schema_version,
      headOk: row.head_ok,
      headSeq: row.head_seq,
      events: (row.events ?? []).map(toLedgerEvent),
      marker: row.marker === null ? null : toMarker(row.marker),
    };
  }

  /** The events that tell where migrations stand, in the order of the chain. */
  async history(): Promise<readonly LedgerEvent[]> {
    const rows = await this.#all<LightRow>(
      sql`select ${lightColumns} from ${ledgerTable(this.names)} as l where ${TELLING} order by l.seq`,
    );
    return rows.map(toLedgerEvent);
  }

  /** A cheap check for every run: the newest event is unchanged and linked, and none is missing. */
  async headIsIntact(): Promise<boolean> {
    const { intact } = await this.#one<{ intact: boolean }>(
      sql`select ${headIsIntactSql(this.names)} as intact`,
    );
    return intact;
  }

  /** @throws HygieneError HYG_INTEGRITY_CHAIN */
  async verifyHead(): Promise<void> {
    if (!(await this.headIsIntact())) throw brokenHead(this.names);
  }

  /** Recomputes every hash; takes time in proportion to the number of events. */
  async verifyChain(): Promise<ChainReport> {
    const rows = await this.#all<ChainRow>(
      sql`select * from ${ledgerFunction(this.names, 'verify_ledger')}()`,
    );
    return toChainReport(rows);
  }

  /**
   * Records what happened to a migration that stands at `from`.
   * @returns where the event stands in the chain, and where the migration stands now
   * @throws HygieneError HYG_LEDGER_TRANSITION when the event does not follow from there
   */
  async advance(
    from: Status,
    event: NewEvent,
  ): Promise<AppendedEvent & { readonly status: Status }> {
    const status = assertTransition(from, event.event);
    return { ...(await this.append(event)), status };
  }

  /** Whether the event may follow is for {@link advance} to say. */
  async append(event: NewEvent): Promise<AppendedEvent> {
    const row = await withRights(this.names, 'runner', () =>
      queryOne<AppendedRow>(this.#connection, appendStatement(this.names, event)),
    );
    return toAppendedEvent(row);
  }

  /** Events with all that was recorded, oldest first. */
  async events(filter: EventFilter = {}): Promise<readonly RecordedEvent[]> {
    const { seq = null, migrationId = null, event = null, before = null, limit = null } = filter;
    const rows = await this.#all<FullRow>(sql`
      select ${fullColumns}
        from ${ledgerTable(this.names)} as l
       where (${migrationId}::text is null or l.migration_id = ${migrationId}::text)
         and (${seq}::bigint is null or l.seq = ${seq}::bigint)
         and (${event}::text is null or l.event = ${event}::text)
         and (${before}::bigint is null or l.seq < ${before}::bigint)
       order by l.seq desc
       limit ${limit}::bigint
    `);
    return rows.map(toRecordedEvent).reverse();
  }

  /** The hash of the event at a position, to be compared with a digest; null: there is none. */
  async hashAt(seq: number): Promise<string | null> {
    const rows = await this.#all<{ hash: string }>(
      sql`select l.hash from ${ledgerTable(this.names)} as l where l.seq = ${seq}::bigint`,
    );
    return rows[0]?.hash ?? null;
  }

  /** Position and hash of the newest event; null: there is none. */
  async head(): Promise<{ readonly seq: number; readonly hash: string } | null> {
    const rows = await this.#all<{ seq: number; hash: string }>(
      sql`select l.seq, l.hash from ${ledgerTable(this.names)} as l order by l.seq desc limit 1`,
    );
    return rows[0] ?? null;
  }

  marker(): Promise<EnvironmentMarker | null> {
    return withRights(this.names, 'reader', () => readMarker(this.#connection, this.names));
  }

  mark(environment: string): Promise<EnvironmentMarker> {
    return withRights(this.names, 'owner', () =>
      writeMarker(this.#connection, this.names, environment),
    );
  }

  #one<R extends object>(statement: Sql): Promise<R> {
    return withRights(this.names, 'reader', () => queryOne<R>(this.#connection, statement));
  }

  async #all<R extends object>(statement: Sql): Promise<readonly R[]> {
    const { rows } = await withRights(this.names, 'reader', () =>
      this.#connection.query<R>(statement),
    );
    return rows;
  }
}

interface SnapshotRow {
  readonly schema_version: number | null;
  readonly head_ok: boolean;
  readonly head_seq: number | null;
  readonly marker: MarkerRow | null;
  readonly events: readonly LightRow[] | null;
}
