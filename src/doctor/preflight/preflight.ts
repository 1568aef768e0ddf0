import { introspect } from '../../catalog/introspect.ts';
import type { Catalog } from '../../catalog/model.ts';
import type { Connection } from '../../database/connection.ts';
import { type PoolerMode, testPooler } from '../../database/pooler-test.ts';
import { databaseErrorFacts } from '../../database/sqlstate.ts';
import type { LedgerNames } from '../../ledger/names.ts';
import type { TableReference } from '../../planner/steps.ts';
import { type Check, type CheckName, ok, problem, unknown, warn } from './check.ts';
import { logicalSubscribers, replicaIdentity, replicationLag } from './replication-checks.ts';
import { readRole, roleChecks } from './role-checks.ts';
import {
  backup,
  disk,
  longTransactions,
  materializedViews,
  preparedTransactions,
  serverVersion,
  statistics,
} from './server-checks.ts';
import { tableChecks } from './table-checks.ts';
import { touchedTables } from './touched-tables.ts';

export interface PreflightInput {
  readonly connection: Connection;
  /** Opens one more connection to the same place. */
  readonly another: () => Promise<Connection>;
  /** Resolves when a second connection was waited for long enough. */
  readonly patience: (signal: AbortSignal) => Promise<void>;
  readonly names: LedgerNames;
  /** The tables that pending migrations name. */
  readonly tables: readonly TableReference[];
}

/** Looks at everything that could stop a run or surprise it. Changes nothing. */
export async function preflight(input: PreflightInput): Promise<readonly Check[]> {
  const { connection, names } = input;
  const catalog = await introspect(connection, {
    excludeSchemas: [names.schema, names.archiveSchema],
  });
  const touched = touchedTables(catalog, input.tables);
  const role = await readRole(connection, names);
  const looks: readonly (readonly [CheckName, () => Promise<Check>])[] = [
    ['server version', () => serverVersion(connection)],
    ['statistics', () => statistics(connection)],
    ['materialized views', () => materializedViews(connection, touched.all)],
    ['backup', () => backup(connection, names)],
    ...(connection.kind === 'embedded' ? [] : serverLooks(connection, catalog, touched.all)),
  ];
  const checks: Check[] = [await connectionCheck(input)];
  for (const [name, look] of looks) checks.push(await careful(name, look));
  return [...checks, ...roleChecks(role, names), ...tableChecks(catalog, touched, role.role)];
}

function serverLooks(
  connection: Connection,
  catalog: Catalog,
  tables: Parameters<typeof disk>[1],
): readonly (readonly [CheckName, () => Promise<Check>])[] {
  return [
    ['replication lag', () => replicationLag(connection)],
    ['replica identity', () => Promise.resolve(replicaIdentity(catalog, tables))],
    ['logical subscribers', () => logicalSubscribers(connection)],
    ['long transactions', () => longTransactions(connection)],
    ['prepared transactions', () => preparedTransactions(connection)],
    ['disk', () => disk(connection, tables)],
  ];
}

/** What the server refuses to tell is unknown, and no reason to leave out the rest. */
async function careful(name: CheckName, look: () => Promise<Check>): Promise<Check> {
  try {
    return await look();
  } catch (error) {
    const facts = databaseErrorFacts(error);
    if (facts === null) throw error;
    return unknown(name, `The server did not tell: ${facts.message} (${facts.sqlstate}).`);
  }
}

async function connectionCheck({ connection, another, patience }: PreflightInput): Promise<Check> {
  if (connection.kind === 'embedded') {
    const words =
      'The embedded database is for trials: one process, no other sessions, replicas or disks to look at.';
    return warn('connection', words);
  }
  return poolerWords(await testPooler(connection, another, patience));
}

function poolerWords(mode: PoolerMode): Check {
  switch (mode) {
    case 'session':
      return ok(
        'connection',
        'Each connection has a session of its own: direct, or a pooler in session mode.',
      );
    case 'transaction':
      return ok(
        'connection',
        'There is a pooler in transaction mode. A run keeps nothing in the session, so that is fine.',
      );
    case 'statement':
      return problem(
        'connection',
        'There is a pooler in statement mode: it allows no transactions, and a run is one.',
        'Name the server itself, or a pool in transaction mode.',
      );
    case 'unknown':
      return unknown(
        'connection',
        'Whether there is a pooler is not known: a second connection was not to be had in time.',
        'hygiene needs only one. If connections are scarce, that is the reason.',
      );
  }
}
