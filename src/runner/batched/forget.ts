import type { Connection } from '../../database/connection.ts';
import { dropFrozenList } from '../../executor/frozen-list.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { QualifiedName } from '../../kernel/identifiers.ts';
import type { LedgerNames } from '../../ledger/names.ts';
import { allProgress, ProgressStore } from '../../ledger/progress.ts';

/** Ends what batches of a migration have left: their place and their lists, up to a generation. */
export async function forgetBatches(
  connection: Connection,
  names: LedgerNames,
  until: { readonly migrationId: string; readonly generation: number },
): Promise<void> {
  for (const { migrationId, generation, steps } of await allProgress(connection, names)) {
    if (migrationId !== until.migrationId || generation > until.generation) continue;
    for (const { list } of steps) {
      await dropFrozenList(connection, new QualifiedName(names.archiveSchema, list));
    }
    await new ProgressStore(connection, names, { migrationId, generation }).remove();
  }
}

/**
 * What was begun in batches has no beginning for one transaction any more.
 * @throws HygieneError HYG_INTEGRITY_EDITED
 */
export async function assertNotInBatches(
  connection: Connection,
  names: LedgerNames,
  key: { readonly migrationId: string; readonly generation: number },
): Promise<void> {
  if ((await new ProgressStore(connection, names, key).read()) === null) return;
  throw new HygieneError('HYG_INTEGRITY_EDITED', {
    message: `${key.migrationId} was begun in batches, but its file says one transaction now.`,
    hint: "Write transaction: 'batched' again and let it end; or hygiene cancel, then hygiene restore.",
    details: { ids: [key.migrationId] },
  });
}
