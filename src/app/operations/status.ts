import type { TargetDescription } from '../../database/connection.ts';
import { type MigrationRecord, readHistory } from '../../ledger/history.ts';
import { allProgress, isAlive } from '../../ledger/progress.ts';
import type { Progress } from '../../ledger/progress-rows.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { LedgerSnapshot } from '../../ledger/snapshot.ts';
import type { Status } from '../../ledger/transitions.ts';
import { type ExecOrder, selectPending } from '../../runner/pending.ts';
import { filesInTurn, type MigrationSource } from '../../runner/inspection.ts';
import type { HygieneError } from '../../kernel/errors.ts';
import { toHygieneError } from '../../kernel/errors.ts';
import { type ConnectOptions, type OpenedEngine, withEngine, type World } from '../compose.ts';

/** How far a migration in batches is. */
interface BatchStatus {
  readonly rowsDone: number;
  /** As counted when its rows were listed; null before. */
  readonly rowsTotal: number | null;
  /** Whether a run is at work on it. */
  readonly runnerAlive: boolean;
  readonly waitingFor: string | null;
  readonly request: 'pause' | 'cancel' | null;
  readonly requestedBy: string | null;
}

export interface MigrationStatus {
  readonly id: string;
  readonly status: Status | 'missing';
  readonly appliedAt: Date | null;
  readonly generation: number;
  readonly lastError: string | null;
  readonly openRunId: string | null;
  /** Of an applied one with seed guards, as the ledger has it; null where all are in force. */
  readonly guard: 'pending' | 'missing' | 'off' | null;
  /** Of a migration in batches that is not at its end. */
  readonly progress: BatchStatus | null;
}

export interface StatusReport {
  readonly target: TargetDescription;
  readonly environment: string | null;
  readonly ledgerInstalled: boolean;
  readonly chainIntact: boolean;
  readonly head: { readonly seq: number } | null;
  readonly migrations: readonly MigrationStatus[];
  readonly pending: readonly string[];
  /** What `up` would stop at before anything runs. */
  readonly problem: HygieneError | null;
}

/** Where every migration stands, in files and in the ledger. Changes nothing. */
export async function statusOperation(
  world: World,
  options: ConnectOptions & { readonly execOrder?: ExecOrder },
): Promise<StatusReport> {
  return withEngine(world, { ...options, purpose: 'read' }, async (opened) => {
    const { session, names } = opened.engine;
    const snapshot = await new Ledger(session.connection, names).snapshot();
    const source = opened.project.migrations();
    return statusReport(opened, { snapshot, source, order: options.execOrder ?? 'linear' });
  });
}

/** The same for who has a connection already. */
export async function statusReport(
  { engine }: Pick<OpenedEngine, 'engine'>,
  { snapshot, source, order }: StatusSubject,
): Promise<StatusReport> {
  const { session, names } = engine;
  const underWay =
    (snapshot.schemaVersion ?? 0) < 2 ? [] : await allProgress(session.connection, names);
  const records = readHistory(snapshot.events);
  const { inTurn } = await filesInTurn(snapshot, source);
  const { pending, problem } = pendingOrProblem(
    () => selectPending(inTurn, records, order).pending,
  );
  const ids = [...new Set([...source.files.map(({ id }) => id), ...records.keys()])].sort();
  return {
    target: session.target,
    environment: snapshot.marker?.environment ?? null,
    ledgerInstalled: snapshot.installed,
    chainIntact: snapshot.headOk,
    head: snapshot.headSeq === null ? null : { seq: snapshot.headSeq },
    migrations: ids.map((id) => ({
      ...statusOf(id, records.get(id)),
      progress: batchStatus(underWay.findLast(({ migrationId }) => migrationId === id)),
    })),
    pending,
    problem,
  };
}

interface StatusSubject {
  readonly snapshot: LedgerSnapshot;
  readonly source: MigrationSource;
  readonly order: ExecOrder;
}

function batchStatus(progress: Progress | undefined): BatchStatus | null {
  if (progress === undefined) return null;
  const { rowsDone, rowsTotal, waitingFor, request, requestedBy } = progress;
  const runnerAlive = isAlive(progress);
  return { rowsDone, rowsTotal, runnerAlive, waitingFor, request, requestedBy };
}

function statusOf(
  id: string,
  record: MigrationRecord | undefined,
): Omit<MigrationStatus, 'progress'> {
  if (record === undefined) {
    return {
      id,
      status: 'pending',
      appliedAt: null,
      generation: 1,
      lastError: null,
      openRunId: null,
      guard: null,
    };
  }
  const { status, appliedAt, generation, lastError, openRunId } = record;
  const guard = guardOf(record);
  return { id, status, appliedAt, generation, lastError, openRunId, guard };
}

/** What needs a person comes first. */
function guardOf({ status, guards }: MigrationRecord): MigrationStatus['guard'] {
  if (status !== 'applied' && status !== 'retired') return null;
  const found = new Set(guards.values());
  if (found.has('missing')) return 'missing';
  if (found.has('pending') || found.has('added')) return 'pending';
  return found.has('dropped') ? 'off' : null;
}

function pendingOrProblem(select: () => readonly string[]): {
  readonly pending: readonly string[];
  readonly problem: HygieneError | null;
} {
  try {
    return { pending: select(), problem: null };
  } catch (error) {
    return { pending: [], problem: toHygieneError(error) };
  }
}
