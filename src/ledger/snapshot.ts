import { type Connection, queryOne } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import {
  type EnvironmentMarker,
  type MarkerRow,
  markerColumns,
  toMarker,
} from './environment-marker.ts';
import { headIsIntactSql, lightColumns, type LightRow, toLedgerEvent } from './event-rows.ts';
import type { LedgerEvent } from './events.ts';
import { asOurs, assertSchemaVersion, withRights } from './ledger-errors.ts';
import { environmentTable, ledgerTable, type LedgerNames, metaTable } from './names.ts';

/** The ledger at one moment: all that `up` needs to see that nothing is pending. */
export interface LedgerSnapshot {
  readonly installed: boolean;
  /** Null when the ledger is not installed. */
  readonly schemaVersion: number | null;
  /** False: the newest event was changed or does not fit. */
  readonly headOk: boolean;
  /** Those that tell where migrations stand: without `verified`, which is written on every deploy. */
  readonly events: readonly LedgerEvent[];
  /** Position and hash of the newest event of all; null: there is none. */
  readonly headSeq: number | null;
  readonly headHash: string | null;
  readonly marker: EnvironmentMarker | null;
}

export const TELLING = sql`l.event <> 'verified'`;

export const NOT_INSTALLED: LedgerSnapshot = {
  installed: false,
  schemaVersion: null,
  headOk: true,
  events: [],
  headSeq: null,
  headHash: null,
  marker: null,
};

interface SnapshotRow {
  readonly schema_version: number | null;
  readonly head_ok: boolean;
  readonly head_seq: number | null;
  readonly head_hash: string | null;
  /** What the event that was the newest then has as its hash now. */
  readonly known_hash: string | null;
  readonly marker: MarkerRow | null;
  readonly events: readonly LightRow[] | null;
}

/**
 * Reads an installed ledger in one statement.
 * @param known an earlier snapshot of it: only what came after is read, since a ledger only grows. One
 *   that has been put back to an earlier time, or replaced, is read anew.
 * @throws HygieneError HYG_LEDGER_UNKNOWN_VERSION, HYG_REFUSED_PRIVILEGES
 */
export async function readSnapshot(
  connection: Connection,
  names: LedgerNames,
  known: LedgerSnapshot = NOT_INSTALLED,
): Promise<LedgerSnapshot> {
  const after = known.headSeq ?? 0;
  const statement = sql`
    with head as (
      select l.seq, l.hash from ${ledgerTable(names)} as l order by l.seq desc limit 1
    )
    select
      (select max(schema_version) from ${metaTable(names)}) as schema_version,
      ${headIsIntactSql(names)} as head_ok,
      (select seq from head) as head_seq,
      (select hash from head) as head_hash,
      (select l.hash from ${ledgerTable(names)} as l where l.seq = ${after}::bigint) as known_hash,
      (select to_json(marked) from (
        select ${markerColumns} from ${environmentTable(names)} as e
      ) as marked) as marker,
      (select json_agg(light order by light.seq) from (
        select ${lightColumns} from ${ledgerTable(names)} as l
         where ${TELLING} and l.seq > ${after}::bigint
      ) as light) as events
  `;
  const row = await asOurs(names, () =>
    withRights(names, 'reader', () => queryOne<SnapshotRow>(connection, statement)),
  );
  if (after > 0 && row.known_hash !== known.headHash) return readSnapshot(connection, names);
  assertSchemaVersion(names, row.schema_version);
  const newer = (row.events ?? []).map(toLedgerEvent);
  return {
    installed: true,
    schemaVersion: row.schema_version,
    headOk: row.head_ok,
    headSeq: row.head_seq,
    headHash: row.head_hash,
    events: newer.length === 0 ? known.events : [...known.events, ...newer],
    marker: row.marker === null ? null : toMarker(row.marker),
  };
}
