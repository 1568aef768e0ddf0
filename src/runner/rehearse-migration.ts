import { introspect } from '../catalog/introspect.ts';
import type { Table } from '../catalog/model.ts';
import { CancellableConnection } from '../database/cancellable.ts';
import type { Connection } from '../database/connection.ts';
import { beginLocked } from '../database/run-lock.ts';
import { applySettings, BEGIN_SNAPSHOT } from '../database/settings.ts';
import { readTextSettings, withTextSettings } from '../executor/pinned-text.ts';
import type { Proof } from '../executor/restore-sql.ts';
import { tableContents } from '../executor/table-contents.ts';
import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import { attemptAgain } from './attempts.ts';
import { missingRequirements } from './claim.ts';
import { type Engine, runLock, transactionSettings } from './engine.ts';
import type { EventContext } from './events.ts';
import { doAndProve } from './main-transaction.ts';
import type { Evidence } from './evidence.ts';
import { type Restoration, restoreApplication } from './restore-application.ts';
import type { RunnableMigration } from './runnable.ts';

/** Where an archive of no application goes, so that it can meet none of a real one. */
const REHEARSAL_GENERATION = 0;

export interface Rehearsal {
  readonly evidence: Evidence;
  /** Null: it cannot be undone, and was only tried. */
  readonly restoration: Restoration | null;
  /** Tables that were the same after removal and restore; null where nothing was restored. */
  readonly compared: readonly ComparedTable[] | null;
}

interface ComparedTable extends Proof {
  readonly table: string;
}

/**
 * One migration, there and back, in one transaction that is always rolled back. It sees the database as it
 * was at its beginning, so that what others commit meanwhile is no difference.
 * @returns the rehearsal, or what the migration requires and the database lacks
 * @throws HygieneError HYG_VERIFY_REHEARSAL, and whatever removal or restore ends with
 */
export function rehearseMigration(
  { engine }: EventContext,
  migration: RunnableMigration,
): Promise<Rehearsal | { readonly missing: readonly string[] }> {
  return attemptAgain(engine, migration.id, async () => {
    const connection = new CancellableConnection(engine.session.connection, engine.signal);
    await beginLocked(connection, { ...runLock(engine), begin: BEGIN_SNAPSHOT });
    await applySettings(connection, transactionSettings(engine));
    const missing = await missingRequirements({ engine }, migration);
    const rehearsal =
      missing.length > 0 ? { missing } : await thereAndBack(engine, connection, migration);
    await connection.query(rawSql('rollback'));
    return rehearsal;
  });
}

async function thereAndBack(
  engine: Engine,
  connection: Connection,
  migration: RunnableMigration,
): Promise<Rehearsal> {
  const texts = await readTextSettings(connection);
  await connection.query(rawSql('savepoint hygiene_rehearsal'));
  const evidence = await doAndProve(engine, connection, {
    migration,
    generation: REHEARSAL_GENERATION,
    staged: true,
  });
  if (migration.irreversible !== null) return { evidence, restoration: null, compared: null };
  // The restore checks all deferred constraints, and the fence is one.
  await evidence.fence.release();
  const restoration = await restoreApplication(engine, connection, {
    ...{ migrationId: migration.id, archives: evidence.archives, skipExisting: false },
  });
  const tables = await touchedTables(engine, connection, evidence);
  const after: Proof[] = [];
  await withTextSettings(connection, texts, async () => {
    for (const table of tables) after.push(await tableContents(connection, table));
  });
  await connection.query(rawSql('rollback to savepoint hygiene_rehearsal'));
  await applySettings(connection, transactionSettings(engine));
  const compared: ComparedTable[] = [];
  const different: string[] = [];
  for (const [at, table] of tables.entries()) {
    const before = await tableContents(connection, table);
    const name = table.name.toString();
    compared.push({ table: name, ...before });
    const now = after[at];
    if (now?.rows === before.rows && now.hash === before.hash) continue;
    different.push(difference(name, before, now));
  }
  if (different.length > 0) throw notTheSame(migration.id, different);
  return { evidence, restoration, compared };
}

/** What the steps have changed. Tables of declared side effects keep what the triggers have written there. */
async function touchedTables(
  { names }: Engine,
  connection: Connection,
  { tables }: Evidence,
): Promise<readonly Table[]> {
  const catalog = await introspect(connection, {
    excludeSchemas: [names.schema, names.archiveSchema],
  });
  const touched = new Set(tables.map(({ table }) => table));
  return [...catalog.tables.values()].filter(({ name }) => touched.has(name.toString()));
}

function difference(table: string, before: Proof, after: Proof | undefined): string {
  const rows = after?.rows ?? 0;
  return rows === before.rows
    ? `  ${table}: ${counted(rows, 'row')}, but not with the same content`
    : `  ${table}: ${counted(before.rows, 'row')} before, ${counted(rows, 'row')} after`;
}

function notTheSame(id: string, different: readonly string[]): HygieneError {
  return new HygieneError('HYG_VERIFY_REHEARSAL', {
    message: [
      `After removal and restore of ${id} these tables were not what they were:`,
      ...different,
    ].join('\n'),
    hint: 'Look at the triggers of these tables: something changes rows when they go or come. All was rolled back.',
    details: { different },
  });
}
