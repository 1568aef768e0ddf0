import type { OpenedEngine } from '../../app/compose.ts';
import { migrationsIfAny, noMigrations } from '../../app/operations/check.ts';
import { type StatusReport, statusReport } from '../../app/operations/status.ts';
import type { ChainReport } from '../../ledger/chain-report.ts';
import type { LedgerEvent } from '../../ledger/events.ts';
import { compareIdentity, type DatabaseIdentity, readIdentity } from '../../ledger/identity.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { LedgerSnapshot } from '../../ledger/snapshot.ts';
import { type LastVerification, lastVerifications } from '../../ledger/looked-up.ts';
import type { IdentityDifference } from '../../policy/identity.ts';
import { type Standing, standingOf } from './standing.ts';

/** A ledger only grows, so that what was read of it once is not read again. */
export class LedgerMemory {
  #known: LedgerSnapshot | undefined;

  async snapshot(ledger: Ledger): Promise<LedgerSnapshot> {
    this.#known = await ledger.snapshot(this.#known);
    return this.#known;
  }
}

/** What one reading of the ledger says, but for the proof of the whole chain. */
export interface OverviewFacts {
  readonly status: StatusReport;
  readonly verifications: readonly LastVerification[];
  /** The newest event that tells where a migration stands. */
  readonly lastEvent: LedgerEvent | null;
  /** The newest event of a run. */
  readonly lastRun: LedgerEvent | null;
  readonly identity: DatabaseIdentity;
  /** What differs from the database that was marked; null where none was. */
  readonly differences: readonly IdentityDifference[] | null;
}

export interface Overview extends OverviewFacts {
  readonly standing: Standing;
  /** As it was last proven; null: not yet, or there is no ledger. */
  readonly chain: ChainReport | null;
}

/** What is read often, and what takes long to prove, put together. */
export function overviewOf(facts: OverviewFacts, chain: ChainReport | null): Overview {
  return { ...facts, chain, standing: standingOf({ ...facts, chain }) };
}

const RUN_ENDS: ReadonlySet<string> = new Set(['applied', 'failed', 'cancelled', 'interrupted']);

export async function readOverview(
  opened: OpenedEngine,
  memory: LedgerMemory,
): Promise<OverviewFacts> {
  const { session, names } = opened.engine;
  const { connection } = session;
  const snapshot = await memory.snapshot(new Ledger(connection, names));
  const source = migrationsIfAny(opened.project) ?? noMigrations;
  const status = await statusReport(opened, { snapshot, source, order: 'linear' });
  const verifications = snapshot.installed ? await lastVerifications(connection, names) : [];
  const { marker } = snapshot;
  const identity = await readIdentity(connection, marker?.marker ?? null);
  return {
    status,
    verifications,
    lastEvent: snapshot.events.at(-1) ?? null,
    lastRun: snapshot.events.findLast(({ event }) => RUN_ENDS.has(event)) ?? null,
    identity,
    differences: marker === null ? null : compareIdentity(marker.identity, identity),
  };
}
