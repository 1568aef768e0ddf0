import type { CheckResult } from '../authoring/expect.ts';
import { databaseErrorFacts } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { EventError, EventName, NewEvent } from '../ledger/events.ts';
import { type DatabaseIdentity, readIdentity } from '../ledger/identity.ts';
import type { LedgerSnapshot } from '../ledger/snapshot.ts';
import { SCHEMA_VERSION } from '../ledger/tables-sql.ts';
import type { Engine } from './engine.ts';
import type { Evidence } from './evidence.ts';
import type { RunnableMigration } from './runnable.ts';

/** What every event of a run says about who, where and with what. */
export interface EventContext {
  readonly engine: Engine;
  readonly environment: string | null;
  readonly identity: DatabaseIdentity;
  /** Version of the ledger's tables: this tool's own, or the one before. */
  readonly ledgerVersion: number;
}

/** For a ledger as it was seen; where there was none, this tool's own version is made. */
export async function contextFrom(
  engine: Engine,
  { marker, schemaVersion }: Pick<LedgerSnapshot, 'marker' | 'schemaVersion'>,
): Promise<EventContext> {
  return {
    engine,
    environment: marker?.environment ?? null,
    identity: await readIdentity(engine.session.connection, marker?.marker ?? null),
    ledgerVersion: schemaVersion ?? SCHEMA_VERSION,
  };
}

export function migrationEvent(
  { engine, environment, identity }: EventContext,
  event: EventName,
  subject: {
    readonly migration: Pick<RunnableMigration, 'id' | 'ticket'> & {
      /** Null where the file is not known. */
      readonly checksum: string | null;
    };
    readonly generation: number;
  },
): NewEvent {
  const { runId, actor, toolVersion, configFingerprint } = engine.facts;
  const { migration, generation } = subject;
  return {
    event,
    migrationId: migration.id,
    generation,
    checksum: migration.checksum,
    configFingerprint,
    runId,
    environment,
    identity,
    actor,
    toolVersion,
    ticket: migration.ticket,
  };
}

/** The `applied` event's own part: rows by table, checks, and what else was seen. */
export function evidenceFields(
  { settings }: Pick<Engine, 'settings'>,
  evidence: Evidence,
  migration: RunnableMigration,
): Pick<NewEvent, 'rows' | 'checks' | 'evidence'> {
  return {
    rows: evidence.tables,
    checks: evidence.checks.map((check: CheckResult) => ({ ...check })),
    evidence: {
      description: migration.description,
      irreversible: migration.irreversible,
      steps: evidence.steps.map(({ label, removed, changed, plan }) => ({
        label,
        removed,
        changed,
        nullRows: plan?.nullPredicateRows ?? 0,
        planDigest: plan?.digest ?? null,
        estimatedMs: plan?.estimatedMs ?? null,
      })),
      archives: evidence.archives.map(({ source, archive, kind, rows }) => ({
        source: source.toString(),
        archive: archive.toString(),
        kind,
        rows,
      })),
      sideEffects: evidence.sideEffects,
      remarks: evidence.remarks,
      ...(settings.bound !== null && { planDigest: settings.bound.plan.digest }),
      ...(settings.backup !== null && { backup: settings.backup }),
      ...(evidence.guards.length > 0 && { guards: evidence.guards.map(({ name }) => name) }),
      ...(evidence.batches !== undefined && { batches: evidence.batches }),
    },
  };
}

/** What the ledger keeps of an error: names and codes, never DETAIL, which holds row values. */
export function eventError(error: unknown): EventError {
  const facts = databaseErrorFacts(error) ?? databaseErrorFacts(causeOf(error));
  const code = error instanceof HygieneError ? { code: error.code } : {};
  const told = error instanceof Error ? error.message : String(error);
  const message = error instanceof HygieneError ? told : (facts?.message ?? told);
  if (facts === null) return { message, ...code };
  const { schema, table, column, constraint } = facts;
  return { message, ...code, sqlstate: facts.sqlstate, schema, table, column, constraint };
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
