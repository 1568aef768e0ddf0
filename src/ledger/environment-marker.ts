import { queryOne, type Connection } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import {
  addressOf,
  compareIdentity,
  type DatabaseIdentity,
  type MarkedIdentity,
  readIdentity,
} from './identity.ts';
import { environmentTable, type LedgerNames } from './names.ts';

/** The row that says which environment a database is, and which database it was when it was said. */
export interface EnvironmentMarker {
  readonly environment: string;
  /** UUID, made anew by each marking; copies of the database carry it along. */
  readonly marker: string;
  readonly identity: MarkedIdentity;
  readonly markedAt: Date;
  readonly markedBy: string;
}

const MARKED_AT = sql`
  to_char(e.marked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as marked_at`;

export const markerColumns = sql`
  e.environment, e.marker, e.identity, ${MARKED_AT}, e.marked_by`;

export interface MarkerRow {
  readonly environment: string;
  readonly marker: string;
  readonly identity: MarkedIdentity;
  readonly marked_at: string;
  readonly marked_by: string;
}

export function toMarker(row: MarkerRow): EnvironmentMarker {
  return {
    environment: row.environment,
    marker: row.marker,
    identity: row.identity,
    markedAt: new Date(row.marked_at),
    markedBy: row.marked_by,
  };
}

export async function readMarker(
  connection: Connection,
  names: LedgerNames,
): Promise<EnvironmentMarker | null> {
  const { rows } = await connection.query<MarkerRow>(sql`
    select ${markerColumns} from ${environmentTable(names)} as e
  `);
  const [row] = rows;
  return row === undefined ? null : toMarker(row);
}

/** Marks the database with a new marker, in place of the one that it had. */
export async function writeMarker(
  connection: Connection,
  names: LedgerNames,
  environment: string,
): Promise<EnvironmentMarker> {
  const { marker } = await queryOne<{ marker: string }>(
    connection,
    sql`select gen_random_uuid()::text as marker`,
  );
  const before = await readMarker(connection, names);
  const now = await readIdentity(connection, marker);
  const identity: MarkedIdentity = { ...now, addresses: addressesOf(before, environment, now) };
  const row = await queryOne<MarkerRow>(
    connection,
    sql`
      insert into ${environmentTable(names)} as e (environment, marker, identity)
      values (${environment}, ${marker}, ${JSON.stringify(identity)}::text::jsonb)
      on conflict (only_row) do update
        set environment = excluded.environment,
            marker = excluded.marker,
            identity = excluded.identity,
            marked_at = excluded.marked_at,
            marked_by = excluded.marked_by
      returning ${markerColumns}
    `,
  );
  return toMarker(row);
}

/** The same database, reached under another address, keeps those that it is known by. */
function addressesOf(
  before: EnvironmentMarker | null,
  environment: string,
  now: DatabaseIdentity,
): readonly string[] {
  const here = addressOf(now);
  const own = here === null ? [] : [here];
  if (before?.environment !== environment) return own;
  const isElsewhere = compareIdentity(before.identity, now).some(
    ({ field }) => !['address', 'port', 'marker'].includes(field),
  );
  if (isElsewhere) return own;
  const marked = addressOf(before.identity);
  const known = before.identity.addresses ?? (marked === null ? [] : [marked]);
  return [...new Set([...known, ...own])];
}
