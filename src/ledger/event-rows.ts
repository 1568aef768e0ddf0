import { ledgerFunction, ledgerTable, type LedgerNames } from './names.ts';
import type {
  AppendedEvent,
  EventError,
  EventName,
  LedgerEvent,
  NewEvent,
  RecordedEvent,
  TableRows,
} from './events.ts';
import { type Sql, sql } from '../kernel/sql.ts';

/** Times are read as UTC text: both drivers and JSON then give the same. */
const AT_UTC = sql`to_char(l.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`;

export const lightColumns = sql`
  l.seq, l.event, l.migration_id, l.generation, l.checksum, ${AT_UTC}, l.run_id,
  l.error ->> 'message' as error_message, l.evidence -> 'guards' as guards`;

export interface LightRow {
  readonly seq: number;
  readonly event: EventName;
  readonly migration_id: string | null;
  readonly generation: number | null;
  readonly checksum: string | null;
  readonly at: string;
  readonly run_id: string | null;
  readonly error_message: string | null;
  readonly guards: readonly string[] | null;
}

export function toLedgerEvent(row: LightRow): LedgerEvent {
  return {
    seq: row.seq,
    event: row.event,
    migrationId: row.migration_id,
    generation: row.generation,
    checksum: row.checksum,
    at: new Date(row.at),
    runId: row.run_id,
    errorMessage: row.error_message,
    guards: row.guards ?? [],
  };
}

export const fullColumns = sql`
  l.seq, l.event, l.migration_id, l.generation, l.checksum, l.config_fingerprint, ${AT_UTC},
  l.duration_ms, l.run_id, l.environment, l.identity, l.actor, l.tool_version, l.ticket, l.rows,
  l.checks, l.error, l.note, l.evidence, l.hash_version, l.prev_hash, l.hash`;

type Facts = Readonly<Record<string, unknown>>;

export interface FullRow extends Omit<LightRow, 'error_message'> {
  readonly config_fingerprint: string | null;
  readonly duration_ms: number | null;
  readonly environment: string | null;
  readonly identity: Facts | null;
  readonly actor: Facts | null;
  readonly tool_version: string | null;
  readonly ticket: string | null;
  readonly rows: readonly TableRows[] | null;
  readonly checks: readonly Facts[] | null;
  readonly error: EventError | null;
  readonly note: string | null;
  readonly evidence: Facts | null;
  readonly hash_version: number;
  readonly prev_hash: string;
  readonly hash: string;
}

export function toRecordedEvent(row: FullRow): RecordedEvent {
  return {
    ...toAppendedEvent(row),
    event: row.event,
    migrationId: row.migration_id,
    generation: row.generation,
    checksum: row.checksum,
    configFingerprint: row.config_fingerprint,
    durationMs: row.duration_ms,
    runId: row.run_id,
    environment: row.environment,
    identity: row.identity,
    actor: row.actor,
    toolVersion: row.tool_version,
    ticket: row.ticket,
    rows: row.rows,
    checks: row.checks,
    error: row.error,
    note: row.note,
    evidence: row.evidence,
    hashVersion: row.hash_version,
  };
}

export type AppendedRow = Pick<FullRow, 'seq' | 'hash' | 'prev_hash' | 'at'>;

export function toAppendedEvent(row: AppendedRow): AppendedEvent {
  return { seq: row.seq, hash: row.hash, prevHash: row.prev_hash, at: new Date(row.at) };
}

/** @param json as {@link eventJson} gives it, in characters that the database knows */
export function appendStatement(names: LedgerNames, json: string): Sql {
  return sql`
    select l.seq, l.hash, l.prev_hash, ${AT_UTC}
      from ${ledgerFunction(names, 'append_event')}(${json}::text::jsonb) as l
  `;
}

/** True for an empty ledger, and when the newest event is unchanged, linked, and none is missing. */
export function headIsIntactSql(names: LedgerNames): Sql {
  const table = ledgerTable(names);
  return sql`coalesce(
    (
      select h.hash is not distinct from ${ledgerFunction(names, 'event_hash')}(h)
             and h.seq = (select count(*) from ${table})
             and (h.seq = 1 or h.prev_hash = (select p.hash from ${table} p where p.seq = h.seq - 1))
        from ${table} h
       order by h.seq desc
       limit 1
    ),
    true
  )`;
}

/** PostgreSQL's text knows no NUL and no half characters; recording an error must not fail for one. */
export function eventJson(event: NewEvent): string {
  return JSON.stringify(
    {
      event: event.event,
      migration_id: event.migrationId,
      generation: event.generation,
      checksum: event.checksum,
      config_fingerprint: event.configFingerprint,
      duration_ms: roundedOrNull(event.durationMs),
      run_id: event.runId,
      environment: event.environment,
      identity: event.identity,
      actor: event.actor,
      tool_version: event.toolVersion,
      ticket: event.ticket,
      rows: event.rows,
      checks: event.checks,
      error: event.error,
      note: event.note,
      evidence: event.evidence,
    },
    (_key, value: unknown) => jsonValue(value),
  );
}

function jsonValue(value: unknown): unknown {
  if (typeof value === 'string')
    return value.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '\uFFFD');
  return typeof value === 'bigint' ? value.toString() : value;
}

function roundedOrNull(milliseconds: number | null | undefined): number | null {
  return milliseconds === null || milliseconds === undefined ? null : Math.round(milliseconds);
}
