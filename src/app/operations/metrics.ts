import type { LedgerEvent } from '../../ledger/events.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { lastVerifications } from '../../ledger/looked-up.ts';
import type { MetricFacts } from '../../report/metrics.ts';
import { archivesIfSeen } from '../../runner/archives.ts';
import { type ConnectOptions, type OpenedEngine, withEngine, type World } from '../compose.ts';
import { migrationsIfAny, noMigrations } from './check.ts';
import { type MigrationStatus, statusReport } from './status.ts';

/** What monitoring wants to know of one database. Changes nothing. */
export function metricsOperation(world: World, options: ConnectOptions): Promise<MetricFacts> {
  return withEngine(world, { ...options, purpose: 'read' }, readMetrics);
}

/** The same for who has a connection already. */
export async function readMetrics(opened: OpenedEngine): Promise<MetricFacts> {
  const { session, names } = opened.engine;
  const { connection } = session;
  const snapshot = await new Ledger(connection, names).snapshot();
  const source = migrationsIfAny(opened.project) ?? noMigrations;
  const status = await statusReport(opened, { snapshot, source, order: 'linear' });
  const { migrations } = status;
  const count = (is: (each: MigrationStatus) => boolean): number => migrations.filter(is).length;
  return {
    ledgerInstalled: status.ledgerInstalled,
    chainIntact: status.chainIntact,
    hasProblem: status.problem !== null,
    pending: status.pending.length,
    statuses: countsOf(migrations.map((each) => each.status)),
    guardsMissing: count(({ guard }) => guard === 'missing'),
    guardsPending: count(({ guard }) => guard === 'pending'),
    verifications: snapshot.installed ? await lastVerifications(connection, names) : [],
    applied: migrations.flatMap(({ id, appliedAt }) =>
      appliedAt === null ? [] : [{ migrationId: id, at: appliedAt }],
    ),
    openRuns: migrations.flatMap(({ id, openRunId }) => openSince(snapshot.events, id, openRunId)),
    batches: migrations.flatMap(({ id, progress }) =>
      progress === null ? [] : [{ migrationId: id, ...progress }],
    ),
    archives: snapshot.installed ? await archiveEnds(opened) : [],
  };
}

function countsOf(statuses: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

function openSince(
  events: readonly LedgerEvent[],
  id: string,
  runId: string | null,
): MetricFacts['openRuns'] {
  const started = events.findLast(
    (each) => runId !== null && each.event === 'started' && each.runId === runId,
  );
  return started === undefined ? [] : [{ migrationId: id, since: started.at }];
}

/** Of each migration the first of its archives to end. */
async function archiveEnds({ engine, project }: OpenedEngine): Promise<MetricFacts['archives']> {
  const { retentionDays } = await project.config();
  const listed = await archivesIfSeen(engine.session.connection, engine.names, { retentionDays });
  if (listed === null) return null;
  const ends = new Map<string, Date>();
  for (const { migrationId, expiresAt, bytes } of listed) {
    const known = ends.get(migrationId);
    if (bytes !== null && (known === undefined || expiresAt < known)) {
      ends.set(migrationId, expiresAt);
    }
  }
  return [...ends].map(([migrationId, expiresAt]) => ({ migrationId, expiresAt }));
}
