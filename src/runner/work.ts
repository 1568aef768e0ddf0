import { readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import { allProgress } from '../ledger/progress.ts';
import type { Progress } from '../ledger/progress-rows.ts';
import { isForEnvironment } from '../policy/environment.ts';
import type { Engine } from './engine.ts';
import { filesInTurn, inspect, type MigrationSource } from './inspection.ts';
import type { RunnableMigration } from './runnable.ts';
import type { UpOptions, UpReport } from './up.ts';

/**
 * Goes on with migrations in batches that a run has begun, in order, and begins none. Otherwise as `up`.
 * @throws HygieneError when it refuses before anything runs
 */
export async function work(
  engine: Engine,
  source: MigrationSource,
  options: UpOptions,
): Promise<UpReport> {
  const { connection } = engine.session;
  const snapshot = await new Ledger(connection, engine.names).snapshot();
  const environment = snapshot.marker?.environment ?? null;
  const files = await filesInTurn(snapshot, source);
  const selected = inspect(snapshot, files.inTurn, options.order);
  const hasProgress = (snapshot.schemaVersion ?? 0) >= 2;
  const underWay = hasProgress ? await allProgress(connection, engine.names) : [];
  const records = readHistory(snapshot.events);
  const isOfNow = ({ migrationId, generation }: Progress): boolean =>
    (records.get(migrationId)?.generation ?? 1) === generation;
  const begun = new Set(underWay.filter(isOfNow).map(({ migrationId }) => migrationId));
  const loaded: RunnableMigration[] = [];
  for (const id of selected.pending.filter((each) => begun.has(each))) {
    loaded.push(await source.load(id));
  }
  const migrations = loaded.filter((each) => isForEnvironment(each.environments, environment));
  const { elsewhere } = files;
  if (migrations.length === 0) {
    return {
      environment,
      results: [],
      remaining: [],
      selected,
      elsewhere,
      guards: [],
      error: null,
      around: null,
    };
  }
  const { runPending } = await import('./up-run.ts');
  const { observer } = options;
  const pending = { ...options, snapshot, selected, migrations, observer, onlyBegun: true };
  return { environment, selected, elsewhere, guards: [], ...(await runPending(engine, pending)) };
}
