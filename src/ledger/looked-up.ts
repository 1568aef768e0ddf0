import type { Connection } from '../database/connection.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import { sql } from '../kernel/sql.ts';
import type { EventName } from './events.ts';
import { ledgerTable, type LedgerNames } from './names.ts';

/** What the newest `verified` event of a migration says. */
export interface LastVerification {
  readonly migrationId: string;
  readonly seq: number;
  readonly at: Date;
  readonly passed: boolean;
}

/** Of each migration that was ever verified, by the newest event first. */
export async function lastVerifications(
  connection: Connection,
  names: LedgerNames,
): Promise<readonly LastVerification[]> {
  interface Row {
    readonly migration_id: string;
    readonly seq: number;
    readonly at: number;
    readonly passed: boolean;
  }
  const { rows } = await connection.query<Row>(sql`
    with newest as (
      select l.migration_id, max(l.seq) as seq
        from ${ledgerTable(names)} as l
       where l.event = 'verified'
       group by l.migration_id
    )
    select l.migration_id, l.seq::int8 as seq, extract(epoch from l.at)::float8 as at,
           l.error is null as passed
      from newest
      join ${ledgerTable(names)} as l using (seq)
     order by l.seq desc
  `);
  return rows.map((row) => ({
    migrationId: row.migration_id,
    seq: row.seq,
    at: new Date(row.at * 1000),
    passed: row.passed,
  }));
}

/** The newest event that removed rows of a table. */
export interface CleaningEvent {
  readonly seq: number;
  readonly migrationId: string;
  readonly at: Date;
  readonly removed: number;
}

/** @returns null where no cleanup has removed a row of the table, or its rows were put back */
export async function lastCleaning(
  connection: Connection,
  names: LedgerNames,
  table: QualifiedName,
): Promise<CleaningEvent | null> {
  interface Row {
    readonly event: EventName;
    readonly seq: number;
    readonly migration_id: string;
    readonly at: number;
    readonly removed: number;
  }
  const { rows } = await connection.query<Row>(sql`
    select l.event, l.seq::int8 as seq, l.migration_id, extract(epoch from l.at)::float8 as at,
           coalesce((of_table.rows ->> 'removed')::float8, 0) as removed
      from ${ledgerTable(names)} as l
     cross join lateral jsonb_array_elements(
             case jsonb_typeof(l.rows) when 'array' then l.rows else '[]'::jsonb end
           ) as of_table (rows)
     where of_table.rows ->> 'table' = ${table.toString()}
       and (l.event = 'restored'
            or l.event = 'applied' and (of_table.rows ->> 'removed')::float8 > 0)
     order by l.seq desc
     limit 1
  `);
  const [row] = rows;
  if (row?.event !== 'applied') return null;
  const { seq, migration_id: migrationId, removed } = row;
  return { seq, migrationId, at: new Date(row.at * 1000), removed };
}

/** Every migration that the ledger knows, in the order of the ids. */
export async function migrationIds(
  connection: Connection,
  names: LedgerNames,
): Promise<readonly string[]> {
  const { rows } = await connection.query<{ id: string }>(sql`
    select distinct l.migration_id as id
      from ${ledgerTable(names)} as l
     where l.migration_id is not null
     order by 1
  `);
  return rows.map(({ id }) => id);
}
