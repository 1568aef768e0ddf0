import type { Connection, TargetDescription } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { GENESIS_HASH } from '../../ledger/chain-sql.ts';
import { checkDigest } from '../../policy/ledger-digest.ts';
import type { RecordedEvent } from '../../ledger/events.ts';
import type { ChainReport } from '../../ledger/chain-report.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';
import { type LedgerDigest, readLedgerDigest } from '../ledger-digest.ts';

export interface LedgerListReport {
  readonly target: TargetDescription;
  /** The marker; null when the database is not marked. */
  readonly environment: string | null;
  readonly installed: boolean;
  readonly events: readonly RecordedEvent[];
}

export interface LedgerVerifyReport {
  readonly target: TargetDescription;
  /** The marker; null when the database is not marked. */
  readonly environment: string | null;
  readonly installed: boolean;
  readonly chain: ChainReport | null;
  /** What is wrong against the digest; null: nothing, or none was given. */
  readonly mismatch: HygieneError | null;
}

export interface LedgerDigestReport extends LedgerDigest {
  readonly target: TargetDescription;
  readonly environment: string | null;
  readonly takenAt: Date;
}

/** The events, oldest first. */
export function ledgerListOperation(
  world: World,
  options: ConnectOptions & { readonly migrationId: string | null; readonly limit: number },
): Promise<LedgerListReport> {
  return withLedger(world, options, async (ledger, { installed, ...facts }) => {
    const { migrationId, limit } = options;
    const filter = { limit, ...(migrationId === null ? {} : { migrationId }) };
    const events = installed ? await ledger.events(filter) : [];
    if (migrationId !== null && events.length === 0) throw unknownId(migrationId);
    return { ...facts, installed, events };
  });
}

function unknownId(id: string): HygieneError {
  return new HygieneError('HYG_LEDGER_UNKNOWN_ID', {
    message: `The ledger holds no event of a migration "${id}".`,
    hint: 'hygiene status   lists the ids; an id is the file name without its extension.',
    details: { id },
  });
}

/** Recomputes the whole chain. */
export function ledgerVerifyOperation(
  world: World,
  options: ConnectOptions & { readonly digest?: string | null },
): Promise<LedgerVerifyReport> {
  const path = options.digest ?? null;
  const digest = path === null ? null : readLedgerDigest(world.cwd, path);
  return withLedger(world, options, async (ledger, { installed, ...facts }) => {
    const chain = installed ? await ledger.verifyChain() : null;
    const found = digest === null || !installed ? null : await ledger.hashAt(digest.seq);
    const mismatch =
      digest === null ? null : checkDigest(digest, { found, headSeq: chain?.headSeq ?? 0 });
    return { ...facts, installed, chain, mismatch };
  });
}

/** The head as it is now; whoever keeps it can tell later whether the ledger was rewritten or cut. */
export function ledgerDigestOperation(
  world: World,
  options: ConnectOptions,
): Promise<LedgerDigestReport> {
  return withLedger(world, options, async (ledger, { installed, ...facts }) => {
    const head = installed ? await ledger.head() : null;
    const takenAt = world.clock.now();
    return { ...facts, takenAt, seq: head?.seq ?? 0, hash: head?.hash ?? GENESIS_HASH };
  });
}

type LedgerFacts = Pick<LedgerListReport, 'target' | 'environment' | 'installed'>;

/** Reads the ledger of the database, if there is one. */
export async function withLedger<T>(
  world: World,
  options: ConnectOptions,
  work: (ledger: Ledger, facts: LedgerFacts, connection: Connection) => Promise<T>,
): Promise<T> {
  return withEngine(world, { ...options, purpose: 'read' }, async (opened) => {
    const { session, names } = opened.engine;
    const ledger = new Ledger(session.connection, names);
    const installed = await ledger.isInstalled();
    const marker = installed ? await ledger.marker() : null;
    const environment = marker?.environment ?? null;
    const facts = { target: session.target, environment, installed };
    return await work(ledger, facts, session.connection);
  });
}
