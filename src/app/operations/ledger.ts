import type { TargetDescription } from '../../database/connection.ts';
import type { RecordedEvent } from '../../ledger/events.ts';
import { type ChainReport, Ledger } from '../../ledger/ledger.ts';
import { type ConnectOptions, openEngine, type OpenedEngine, type World } from '../compose.ts';

export interface LedgerListReport {
  readonly target: TargetDescription;
  readonly installed: boolean;
  readonly events: readonly RecordedEvent[];
}

export interface LedgerVerifyReport {
  readonly target: TargetDescription;
  readonly installed: boolean;
  readonly chain: ChainReport | null;
}

/** The events, oldest first. */
export function ledgerListOperation(
  world: World,
  options: ConnectOptions & { readonly migrationId: string | null; readonly limit: number },
): Promise<LedgerListReport> {
  return withLedger(world, options, async (ledger, { target, installed }) => {
    const { migrationId, limit } = options;
    const filter = { limit, ...(migrationId === null ? {} : { migrationId }) };
    return { target, installed, events: installed ? await ledger.events(filter) : [] };
  });
}

/** Recomputes the whole chain. */
export function ledgerVerifyOperation(world: World, options: ConnectOptions): Promise<LedgerVerifyReport> {
  return withLedger(world, options, async (ledger, { target, installed }) => ({
    target,
    installed,
    chain: installed ? await ledger.verifyChain() : null,
  }));
}

async function withLedger<T>(
  world: World,
  options: ConnectOptions,
  work: (ledger: Ledger, facts: { target: TargetDescription; installed: boolean }) => Promise<T>,
): Promise<T> {
  const opened: OpenedEngine = await openEngine(world, options);
  try {
    const { session, names } = opened.engine;
    const ledger = new Ledger(session.connection, names);
    return await work(ledger, { target: session.target, installed: await ledger.isInstalled() });
  } finally {
    await opened.close();
  }
}
