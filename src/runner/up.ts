import { Ledger } from '../ledger/ledger.ts';
import type { LedgerSnapshot } from '../ledger/snapshot.ts';
import { isForEnvironment } from '../policy/environment.ts';
import type { RunSurroundings } from './around/around-run.ts';
import type { Engine } from './engine.ts';
import type { GuardOutcome } from './guards/settle-guards.ts';
import { withOpenGuards } from './guards/open-guards.ts';
import { filesInTurn, inspect, type MigrationSource } from './inspection.ts';
import type { ExecOrder, Selected } from './pending.ts';
import type { Assurances } from './preconditions.ts';
import type { RunnableMigration } from './runnable.ts';
import type { PendingResult, RunConfiguration, UpObserver } from './up-run.ts';

export interface UpOptions extends Assurances {
  readonly surroundings: Omit<RunSurroundings, 'outsideWindow' | 'routine'>;
  readonly order: ExecOrder;
  /** Asked only when something is pending: reading the config takes longer than all the checks before. */
  readonly configured: () => Promise<RunConfiguration>;
  readonly observer?: UpObserver;
}

export interface UpReport extends PendingResult {
  readonly environment: string | null;
  readonly selected: Selected;
  /** Meant for other environments. */
  readonly elsewhere: readonly string[];
  /** Seed guards of earlier runs that this one went on with. */
  readonly guards: readonly GuardOutcome[];
}

/**
 * Applies what is pending, in order, and stops at the first failure. With nothing pending it has
 * checked every checksum and the head of the chain, and what applies migrations was not even loaded.
 * @throws HygieneError when it refuses before anything runs
 */
export async function up(
  engine: Engine,
  source: MigrationSource,
  options: UpOptions,
): Promise<UpReport> {
  const snapshot = await new Ledger(engine.session.connection, engine.names).snapshot();
  const environment = snapshot.marker?.environment ?? null;
  const files = await filesInTurn(snapshot, source);
  const selected = inspect(snapshot, files.inTurn, options.order);
  const guards = await goOnWithGuards(engine, snapshot);
  const error = guards.find((each) => each.error !== null)?.error ?? null;
  const nothing = {
    environment,
    results: [],
    remaining: [],
    selected,
    guards,
    error,
    around: null,
  };
  if (selected.pending.length === 0) return { ...nothing, elsewhere: files.elsewhere };

  const loaded: RunnableMigration[] = [];
  for (const id of selected.pending) loaded.push(await source.load(id));
  const migrations = loaded.filter((each) => isForEnvironment(each.environments, environment));
  const others = loaded.filter((each) => !migrations.includes(each)).map(({ id }) => id);
  const elsewhere = [...files.elsewhere, ...others].sort();
  if (migrations.length === 0) return { ...nothing, elsewhere };
  const { runPending } = await import('./up-run.ts');
  const { observer } = options;
  const pending = { ...options, snapshot, selected, migrations, observer, onlyBegun: false };
  const result = await runPending(engine, pending);
  return { environment, selected, elsewhere, guards, ...result, error: result.error ?? error };
}

/** What it takes is loaded only where a guard is open. */
async function goOnWithGuards(
  engine: Engine,
  snapshot: LedgerSnapshot,
): Promise<readonly GuardOutcome[]> {
  const ids = withOpenGuards(snapshot);
  if (ids.length === 0) return [];
  const { settleOpenGuards } = await import('./guards/settle-guards.ts');
  return settleOpenGuards(engine, snapshot, ids);
}
