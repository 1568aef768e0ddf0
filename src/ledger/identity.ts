import { queryOne, type Connection } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import {
  differingFields,
  type IdentityDifference,
  type IdentityFields,
} from '../policy/identity.ts';

/** What tells a database from its copies. Null: the server did not say. */
export interface DatabaseIdentity {
  /** Of the cluster; the same in physical copies and standbys, another after an upgrade by dump. */
  readonly systemIdentifier: string | null;
  /** Grows when a standby is promoted or a backup is restored to a point in time. */
  readonly timeline: number | null;
  readonly database: string;
  readonly databaseOid: number;
  readonly address: string | null;
  readonly port: number | null;
  /** UUID of the environment marker. */
  readonly marker: string | null;
}

/** As a marking has kept it. */
export interface MarkedIdentity extends DatabaseIdentity {
  /** `address:port`: under which the database was marked, since a server may have several. */
  readonly addresses?: readonly string[];
}

type Field = keyof DatabaseIdentity;

interface PlainRow {
  readonly database: string;
  readonly oid: number;
  readonly address: string | null;
  readonly port: number | null;
  readonly may_read_control: boolean;
}

interface ControlRow {
  readonly system_identifier: string;
  readonly timeline: number;
}

/** Reads the identity; `marker` is that of the environment marker, which travels with copies. */
export async function readIdentity(
  connection: Connection,
  marker: string | null = null,
): Promise<DatabaseIdentity> {
  const plain = await queryOne<PlainRow>(
    connection,
    sql`
      select current_database()::text as database,
             (select oid::bigint from pg_database where datname = current_database()) as oid,
             host(inet_server_addr()) as address,
             inet_server_port() as port,
             has_function_privilege('pg_catalog.pg_control_system()', 'execute')
               and has_function_privilege('pg_catalog.pg_control_checkpoint()', 'execute')
               as may_read_control
    `,
  );
  const control = plain.may_read_control ? await readControl(connection) : null;
  return {
    systemIdentifier: control?.system_identifier ?? null,
    timeline: control?.timeline ?? null,
    database: plain.database,
    databaseOid: plain.oid,
    address: plain.address,
    port: plain.port,
    marker,
  };
}

/** A statement of its own: where the functions are refused, naming them fails the whole statement. */
function readControl(connection: Connection): Promise<ControlRow> {
  return queryOne<ControlRow>(
    connection,
    sql`
      select s.system_identifier::text as system_identifier, c.timeline_id as timeline
        from pg_control_system() as s
        cross join pg_control_checkpoint() as c
    `,
  );
}

const ADDRESS: ReadonlySet<Field> = new Set(['address', 'port']);

const FIELDS: readonly Field[] = [
  'systemIdentifier',
  'timeline',
  'database',
  'databaseOid',
  'address',
  'port',
  'marker',
];

/** Without its address: there may be several ways to one database. */
export function withoutAddress(identity: DatabaseIdentity): IdentityFields {
  const { systemIdentifier, timeline, database, databaseOid, marker } = identity;
  return { systemIdentifier, timeline, database, databaseOid, marker };
}

/** Where the server is reached; null over a Unix socket. */
export function addressOf({ address, port }: DatabaseIdentity): string | null {
  return address === null ? null : `${address}:${String(port)}`;
}

/** Field by field, what differs. What one of the two does not know is no difference. */
export function compareIdentity(
  marked: MarkedIdentity,
  now: DatabaseIdentity,
): readonly IdentityDifference[] {
  const here = addressOf(now);
  const isKnownAddress = here !== null && marked.addresses?.includes(here) === true;
  const fields = FIELDS.filter((field) => !isKnownAddress || !ADDRESS.has(field));
  // A mark that was made by hand, or by an older version, may lack a field.
  const known: Partial<DatabaseIdentity> = marked;
  const before = Object.fromEntries(fields.map((field) => [field, known[field] ?? null]));
  return differingFields(before, { ...now });
}
