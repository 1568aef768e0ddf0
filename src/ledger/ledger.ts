import type { Connection } from '../database/connection.ts';
import { queryOne } from '../database/connection.ts';
import { serverEncoding } from '../database/settings.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import { asStorable, isAscii } from '../kernel/storable.ts';
import { type ChainReport, type ChainRow, toChainReport } from './chain-report.ts';
import { type EnvironmentMarker, readMarker, writeMarker } from './environment-marker.ts';
import {
  type AppendedRow,
  appendStatement,
  eventJson,
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
import { ledgerFunction, ledgerTable, type LedgerNames, metaTable } from './names.ts';
import { type LedgerSnapshot, NOT_INSTALLED, readSnapshot, TELLING } from './snapshot.ts';
import { assertTransition, type Status } from './transitions.ts';

export interface EventFilter {
  readonly seq?: number;
  readonly migrationId?: string;
  readonly event?: EventName;
  /** Only events before this position. */
  readonly before?: number;
  /** The newest ones; they still come oldest first. */
  readonly limit?: number;
}

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
   * @param known an earlier snapshot of the same ledger, which saves reading its events again
   * @throws HygieneError HYG_LEDGER_UNKNOWN_VERSION
   */
  async snapshot(known?: LedgerSnapshot): Promise<LedgerSnapshot> {
    if (!(await this.isInstalled())) return NOT_INSTALLED;
    return readSnapshot(this.#connection, this.names, known);
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
    const json = await this.#storable(eventJson(event));
    const row = await withRights(this.names, 'runner', () =>
      queryOne<AppendedRow>(this.#connection, appendStatement(this.names, json)),
    );
    return toAppendedEvent(row);
  }

  /** Neither a description nor an error may keep an event from being recorded. */
  async #storable(text: string): Promise<string> {
    return isAscii(text) ? text : asStorable(text, await serverEncoding(this.#connection));
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
