import type { CheckResult } from '../authoring/expect.ts';
import { introspect } from '../catalog/introspect.ts';
import type { Catalog } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { beginLocked } from '../database/run-lock.ts';
import { applySettings } from '../database/settings.ts';
import { firstFilledTable } from '../executor/first-filled-table.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import type { AppendedEvent } from '../ledger/events.ts';
import { readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { LedgerSnapshot } from '../ledger/snapshot.ts';
import { statusAfter } from '../ledger/transitions.ts';
import { attemptAgain } from './attempts.ts';
import { type Engine, runLock, transactionSettings } from './engine.ts';
import { contextFrom, type EventContext, migrationEvent } from './events.ts';
import { asRunError } from './failures.ts';
import { filesInTurn, inspect, type MigrationSource } from './inspection.ts';
import { installLedger } from './install-ledger.ts';
import { assertIdentity } from './preconditions.ts';
import type { RunnableMigration } from './runnable.ts';
import { verifyReadOnly } from './verification.ts';

export interface BaselineOptions {
  /** Null: everything that is pending. */
  readonly id: string | null;
  /** Null only where the database holds no rows, which then is the reason. */
  readonly reason: string | null;
}

interface BaselinedMigration {
  readonly id: string;
  readonly description: string;
  /** The lasting checks, which all passed. */
  readonly checks: readonly CheckResult[];
  readonly event: AppendedEvent;
}

export interface BaselineReport {
  readonly environment: string | null;
  readonly migrations: readonly BaselinedMigration[];
}

const NO_ROWS = 'The database held no rows when hygiene came to it.';

/**
 * Records that the work of migrations was done without hygiene. What they would leave behind is proven
 * by their lasting checks first; no row is changed.
 * @throws HygieneError HYG_REFUSED_NOT_BASELINABLE, HYG_VERIFY_FAILED; nothing is recorded then
 */
export async function baseline(
  engine: Engine,
  source: MigrationSource,
  options: BaselineOptions,
): Promise<BaselineReport> {
  const snapshot = await new Ledger(engine.session.connection, engine.names).snapshot();
  const ids = await wantedIds(snapshot, source, options.id);
  const migrations: RunnableMigration[] = [];
  for (const id of ids) migrations.push(await source.load(id));
  if (!snapshot.installed) await installLedger(engine);
  const context = await contextFrom(engine, snapshot);
  assertIdentity(snapshot, context.identity);
  const recorded =
    migrations.length === 0
      ? []
      : await attemptAgain(engine, 'baseline', () => record(context, migrations, options));
  return { environment: context.environment, migrations: recorded };
}

async function wantedIds(
  snapshot: LedgerSnapshot,
  source: MigrationSource,
  id: string | null,
): Promise<readonly string[]> {
  if (id === null) {
    const { inTurn } = await filesInTurn(snapshot, source);
    return inspect(snapshot, inTurn, 'non-linear').pending;
  }
  inspect(snapshot, source.files, 'non-linear');
  const status = readHistory(snapshot.events).get(id)?.status ?? 'pending';
  if (!source.files.some((file) => file.id === id)) {
    throw notBaselinable(id, `there is no file of ${id}`, 'hygiene status   lists the ids.');
  }
  if (statusAfter(status, 'baseline') === null) {
    throw notBaselinable(id, `${id} is ${status}`, 'hygiene status   shows where it stands.');
  }
  return [id];
}

/** All or none: one transaction under the run lock. */
async function record(
  context: EventContext,
  migrations: readonly RunnableMigration[],
  { reason }: BaselineOptions,
): Promise<readonly BaselinedMigration[]> {
  const { engine } = context;
  const { connection } = engine.session;
  await beginLocked(connection, runLock(engine));
  await applySettings(connection, transactionSettings(engine));
  const { schema, archiveSchema } = engine.names;
  const catalog = await introspect(connection, { excludeSchemas: [schema, archiveSchema] });
  const note = reason ?? (await reasonOfEmptiness(connection, catalog));
  const ledger = new Ledger(connection, engine.names);
  const records = readHistory(await ledger.history());
  const done: BaselinedMigration[] = [];
  for (const migration of migrations) {
    const { id, description } = migration;
    const checks = await lastingChecks(engine, catalog, migration);
    const { status, generation } = records.get(id) ?? { status: 'pending' as const, generation: 1 };
    const event = await ledger.advance(status, {
      ...migrationEvent(context, 'baseline', { migration, generation }),
      checks: checks.map((check) => ({ ...check })),
      note,
      evidence: { description },
    });
    done.push({ id, description, checks, event });
  }
  await connection.query(rawSql('commit'));
  return done;
}

async function lastingChecks(
  engine: Engine,
  catalog: Catalog,
  migration: RunnableMigration,
): Promise<readonly CheckResult[]> {
  const { connection } = engine.session;
  const repeat = 'lasting' as const;
  const scope = { connection, catalog, before: null, repeat, scanning: engine };
  const { checks } = await verifyReadOnly(scope, migration).catch((error: unknown) => {
    throw asRunError(error, migration.id);
  });
  const [failed] = checks.filter(({ passed }) => !passed);
  if (failed === undefined) return checks;
  throw new HygieneError('HYG_VERIFY_FAILED', {
    message: `${migration.id} cannot be adopted as done: ${failed.label}: expected ${failed.expected}, found ${failed.actual}.`,
    hint: 'Nothing was recorded. The work is still to be done: hygiene plan',
    details: { id: migration.id, checks },
  });
}

/** A new database needs no cleanup, and that it is new shows by itself. */
async function reasonOfEmptiness(connection: Connection, catalog: Catalog): Promise<string> {
  const first = await firstFilledTable(connection, catalog);
  if (first === null) return NO_ROWS;
  throw new HygieneError('HYG_USAGE', {
    message: `The database holds rows (${first}), so baseline needs a reason: who cleaned it, and when.`,
    hint: "hygiene baseline --all --reason 'cleaned by hand on 2026-01-12, OPS-123'",
  });
}

function notBaselinable(id: string, why: string, hint: string): HygieneError {
  return new HygieneError('HYG_REFUSED_NOT_BASELINABLE', {
    message: `baseline is for work that was done without hygiene; ${why}.`,
    hint,
    details: { id },
  });
}
