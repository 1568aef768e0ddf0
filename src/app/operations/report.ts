import { readHistory } from '../../ledger/history.ts';
import { readIdentity } from '../../ledger/identity.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { textFact } from '../../ledger/text-fact.ts';
import type { DescribedMigration, ReportFacts } from '../../report/final/facts.ts';
import { archivesIfSeen } from '../../runner/archives.ts';
import { checkDatabase } from '../../runner/check-database.ts';
import type { Engine } from '../../runner/engine.ts';
import type { MigrationSource } from '../../runner/inspection.ts';
import { lookAround } from '../../runner/look-around.ts';
import type { ScanOptions } from '../../runner/scan-database.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';
import { newestRunLog } from '../newest-run-log.ts';
import { readObservations } from '../observations.ts';
import { toolVersion } from '../tool-version.ts';
import { migrationsIfAny } from './check.ts';

interface ReportRequest {
  readonly scan: Omit<ScanOptions, 'tables' | 'withRules'>;
  /** Where `up` leaves its logs. */
  readonly logDirectory: string;
  /** File of what was seen outside the database; null: none. */
  readonly observed: string | null;
}

/** All that a report tells: the database is checked anew, the rest is read from its ledger. */
export function reportOperation(
  world: World,
  options: ConnectOptions & ReportRequest,
): Promise<ReportFacts> {
  const { cwd } = world;
  const { observed, logDirectory } = options;
  const observations = observed === null ? [] : readObservations(cwd, observed);
  return withEngine(world, { ...options, purpose: 'read' }, async (opened) => {
    const { engine, config } = await opened.configured();
    const { retentionDays, contacts } = config;
    const source = migrationsIfAny(opened.project);
    const checked = await checkDatabase(engine, source, options.scan);
    const recorded = await recordedFacts(engine, retentionDays);
    const rows = recorded.events.flatMap((event) => event.rows ?? []);
    const surroundings = await lookAround(engine, new Set(rows.map(({ table }) => table)));
    return {
      at: world.clock.now(),
      toolVersion: toolVersion(),
      target: engine.session.target,
      checked,
      migrations: await described(source, recorded),
      ...recorded,
      ...surroundings,
      retentionDays,
      contacts,
      runLog: newestRunLog(cwd, logDirectory, runsOf(recorded.events)),
      observations,
    };
  });
}

function runsOf(events: ReportFacts['events']): ReadonlySet<string> {
  return new Set(events.flatMap(({ runId }) => runId ?? []));
}

type Recorded = Pick<
  ReportFacts,
  'archives' | 'chain' | 'environment' | 'events' | 'identity' | 'ledgerInstalled' | 'records'
>;

async function recordedFacts(engine: Engine, retentionDays: number): Promise<Recorded> {
  const { connection } = engine.session;
  const ledger = new Ledger(connection, engine.names);
  const { installed, events: light, marker } = await ledger.snapshot();
  const identity = await readIdentity(connection, marker?.marker ?? null);
  const environment = marker?.environment ?? null;
  const about = { ledgerInstalled: installed, environment, identity, records: readHistory(light) };
  if (!installed) return { ...about, events: [], chain: null, archives: [] };
  return {
    ...about,
    events: await ledger.events(),
    chain: await ledger.verifyChain(),
    archives: await archivesIfSeen(connection, engine.names, { retentionDays }),
  };
}

/** As the files say it; of one whose file is gone, as the ledger does. */
async function described(
  source: MigrationSource | null,
  { events }: Recorded,
): Promise<readonly DescribedMigration[]> {
  const known = new Map<string, DescribedMigration>();
  for (const { event, migrationId: id, evidence } of events) {
    if (event !== 'applied' || id === null) continue;
    known.set(id, {
      id,
      description: textFact(evidence, 'description') ?? '',
      irreversible: textFact(evidence, 'irreversible'),
    });
  }
  for (const { id } of source?.files ?? []) {
    const loaded = await source?.load(id);
    if (loaded === undefined) continue;
    const { description, irreversible } = loaded;
    known.set(id, { id, description, irreversible });
  }
  return [...known.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
