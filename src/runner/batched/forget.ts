import type { Connection } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { QualifiedName } from '../../kernel/identifiers.ts';
import type { LedgerNames } from '../../ledger/names.ts';
import { allProgress, isAlive, type ProgressKey, ProgressStore } from '../../ledger/progress.ts';
import type { Progress } from '../../ledger/progress-rows.ts';
import { archiveTables } from '../archives.ts';

/** Ends what batches of a migration have left: their place and their lists, up to a generation. */
export async function forgetBatches(
  connection: Connection,
  names: LedgerNames,
  until: ProgressKey,
): Promise<void> {
  const lists = archiveTables(connection, names);
  for (const { migrationId, generation, steps } of await allProgress(connection, names)) {
    if (migrationId !== until.migrationId || generation > until.generation) continue;
    for (const { list } of steps) {
      await lists.dropList(new QualifiedName(names.archiveSchema, list));
    }
    await new ProgressStore(connection, names, { migrationId, generation }).remove();
  }
}

/**
 * Ends batches under way, so that their rows can be put back: whoever would go on with them finds
 * neither list nor place.
 * @throws HygieneError HYG_LOCK_HELD while a run is at work on them
 */
export async function endBatches(
  connection: Connection,
  names: LedgerNames,
  key: ProgressKey,
): Promise<void> {
  const progress = await new ProgressStore(connection, names, key).lock();
  if (progress === null) return;
  if (isAlive(progress)) throw stillAtWork(progress);
  await forgetBatches(connection, names, key);
}

function stillAtWork({ migrationId, runId, backendPid }: Progress): HygieneError {
  return new HygieneError('HYG_LOCK_HELD', {
    message: `A run is at work on the batches of ${migrationId}: run ${runId}, pid ${backendPid}.`,
    hint: `End it first: hygiene cancel ${migrationId}. Then run this again.`,
    details: { holder: { pid: backendPid, runId } },
  });
}

/**
 * What was begun in batches has no beginning for one transaction any more.
 * @throws HygieneError HYG_INTEGRITY_EDITED
 */
export async function assertNotInBatches(
  connection: Connection,
  names: LedgerNames,
  key: ProgressKey,
): Promise<void> {
  if ((await new ProgressStore(connection, names, key).read()) === null) return;
  throw new HygieneError('HYG_INTEGRITY_EDITED', {
    message: `${key.migrationId} was begun in batches, but its file says one transaction now.`,
    hint: "Write transaction: 'batched' again and let it end; or hygiene cancel, then hygiene restore.",
    details: { ids: [key.migrationId] },
  });
}
