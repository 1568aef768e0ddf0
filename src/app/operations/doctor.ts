import { resolve } from 'node:path';

import type { TargetDescription } from '../../database/connection.ts';
import { examine } from '../../doctor/examine.ts';
import type { FileChange, Finding } from '../../doctor/finding.ts';
import type { Check } from '../../doctor/preflight/check.ts';
import { preflight } from '../../doctor/preflight/preflight.ts';
import { writeChanges } from '../../doctor/write-changes.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { readHistory } from '../../ledger/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { TableReference } from '../../planner/steps.ts';
import type { MigrationSource } from '../../runner/inspection.ts';
import { stepsOf } from '../../runner/plannable-steps.ts';
import { type ConnectOptions, type OpenedEngine, withEngine, type World } from '../compose.ts';
import type { Project } from '../project.ts';

/** How long a second connection may take, for the test of the pooler. */
const PATIENCE_MS = 3_000;

export interface DoctorOptions extends ConnectOptions {
  /** Disarm what seeds. */
  readonly fix: boolean;
  /** Markers of databases that seed files may still be run against. */
  readonly allow: readonly string[];
  /** Also edit files that git could not bring back. */
  readonly force: boolean;
}

interface RepositoryReport {
  readonly findings: readonly Finding[];
  /** What was written; empty without `fix`. */
  readonly changes: readonly Omit<FileChange, 'text'>[];
}

interface PreflightReport {
  readonly target: TargetDescription;
  readonly environment: string | null;
  readonly checks: readonly Check[];
}

export interface DoctorReport {
  readonly repository: RepositoryReport;
  readonly preflight: PreflightReport | null;
  /** Why there is no preflight, where no database was named. */
  readonly leftOut: string | null;
  /** Why there is none, where a database was named. */
  readonly error: HygieneError | null;
}

/**
 * Looks at the repository for whatever would seed, disarms it if that was asked for, and then looks at
 * the database, if one was named, for what could stop a run.
 */
export async function doctorOperation(world: World, options: DoctorOptions): Promise<DoctorReport> {
  const repository = examineRepository(world, options);
  try {
    const report = await runPreflight(world, options);
    return { repository, preflight: report, leftOut: null, error: null };
  } catch (error) {
    if (!(error instanceof HygieneError)) throw error;
    const isUnnamed = error.code === 'HYG_CONFIG_NO_TARGET';
    const why = isUnnamed ? { leftOut: error.message, error: null } : { leftOut: null, error };
    return { repository, preflight: null, ...why };
  }
}

function examineRepository({ cwd }: World, { fix, allow, force }: DoctorOptions): RepositoryReport {
  const root = resolve(cwd);
  const before = examine(root, allow);
  if (!fix) return { findings: before.findings, changes: [] };
  writeChanges(root, before.changes, { force });
  const changes = before.changes.map(({ file, what, isNew }) => ({ file, what, isNew }));
  return { findings: examine(root, allow).findings, changes };
}

function runPreflight(world: World, options: DoctorOptions): Promise<PreflightReport> {
  return withEngine(world, { ...options, purpose: 'read' }, async (opened) => {
    const { session, names, clock } = opened.engine;
    const checks = await preflight({
      connection: session.connection,
      another: () => session.another(),
      patience: (signal) => clock.sleep(PATIENCE_MS, signal),
      names,
      tables: await pendingTables(opened),
    });
    const environment = await markerOf(new Ledger(session.connection, names));
    return { target: session.target, environment, checks };
  });
}

/** Null also where the role may not read it, which the checks have told. */
async function markerOf(ledger: Ledger): Promise<string | null> {
  try {
    return (await ledger.isInstalled()) ? ((await ledger.marker())?.environment ?? null) : null;
  } catch {
    return null;
  }
}

/** Of the migrations that are not applied yet; all of them where the ledger cannot be read. */
async function pendingTables({
  engine,
  project,
}: OpenedEngine): Promise<readonly TableReference[]> {
  const source = migrationsOf(project);
  if (source === null) return [];
  const ledger = new Ledger(engine.session.connection, engine.names);
  const events = await ledger.snapshot().then(
    (snapshot) => snapshot.events,
    () => [],
  );
  const records = readHistory(events);
  const pending = source.files.filter(({ id }) => records.get(id)?.status !== 'applied');
  const tables: TableReference[] = [];
  for (const { id } of pending) {
    const migration = await source.load(id);
    for (const step of stepsOf(migration)) {
      if (step.kind !== 'unknown') tables.push(step.rows.table);
    }
  }
  return tables;
}

/** A repository may be looked at before it has a migration. */
function migrationsOf(project: Project): MigrationSource | null {
  try {
    return project.migrations();
  } catch (error) {
    const isMissing =
      error instanceof HygieneError &&
      ['HYG_LOAD_NO_DIRECTORY', 'HYG_LOAD_NO_MIGRATIONS'].includes(error.code);
    if (isMissing) return null;
    throw error;
  }
}
