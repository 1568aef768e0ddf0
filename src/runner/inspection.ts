import { HygieneError } from '../kernel/errors.ts';
import { readHistory } from '../ledger/history.ts';
import type { LedgerSnapshot } from '../ledger/snapshot.ts';
import { isForEnvironment } from '../policy/environment.ts';
import {
  type ExecOrder,
  type KnownFile,
  latecomers,
  type Selected,
  selectPending,
} from './pending.ts';
import type { RunnableMigration } from './runnable.ts';

/** The migrations on disk: checksums at once, the rest only when something is pending. */
export interface MigrationSource {
  readonly files: readonly KnownFile[];
  load(id: string): Promise<RunnableMigration>;
}

/** The checks that every `up` makes, pending or not. */
export function inspect(
  snapshot: LedgerSnapshot,
  files: readonly KnownFile[],
  order: ExecOrder,
): Selected {
  assertHead(snapshot);
  return selectPending(files, readHistory(snapshot.events), order);
}

/** @throws HygieneError HYG_INTEGRITY_CHAIN */
export function assertHead({ headOk }: Pick<LedgerSnapshot, 'headOk'>): void {
  if (headOk) return;
  throw new HygieneError('HYG_INTEGRITY_CHAIN', {
    message: 'The newest event of the ledger was changed, or events are missing before it.',
    hint: 'hygiene ledger verify   shows what is wrong. Nothing was run.',
  });
}

/** A file for another environment is never late here. Only files that look late have to be loaded to know. */
export async function filesInTurn(
  snapshot: LedgerSnapshot,
  source: MigrationSource,
): Promise<{ readonly inTurn: readonly KnownFile[]; readonly elsewhere: readonly string[] }> {
  const environment = snapshot.marker?.environment ?? null;
  const elsewhere: string[] = [];
  for (const id of latecomers(source.files, readHistory(snapshot.events))) {
    const { environments } = await source.load(id);
    if (!isForEnvironment(environments, environment)) elsewhere.push(id);
  }
  return { inTurn: source.files.filter(({ id }) => !elsewhere.includes(id)), elsewhere };
}
