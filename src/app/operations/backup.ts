import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { type BackupManifest, manifestPath, recordedFacts } from '../../backup/manifest.ts';
import { PostgresPrograms } from '../../backup/postgres-programs.ts';
import { takeBackup } from '../../backup/take-backup.ts';
import type { TargetDescription } from '../../database/connection.ts';
import { inSnapshot } from '../../database/reading.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { fileStamp } from '../../kernel/file-stamp.ts';
import { readIdentity, withoutAddress } from '../../ledger/identity.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { checkPlanBinding, type PlanFile } from '../../policy/plan-binding.ts';
import { tablesOf } from '../../runner/bind-plan.ts';
import { type Engine, transactionSettings } from '../../runner/engine.ts';
import { contextFrom } from '../../runner/events.ts';
import { lookWhilePlanning } from '../../runner/plan.ts';
import type { PlanReport } from '../../runner/plan-report.ts';
import { tryToRecordBackup } from '../../runner/record-backup.ts';
import { type ConnectOptions, type OpenedEngine, withEngine, type World } from '../compose.ts';
import { readPlanFile } from '../plan-file.ts';
import { writeJsonFile } from '../write-json-file.ts';
import { planFileOf } from './plan.ts';

export interface BackupOperationOptions extends ConnectOptions {
  /** Where it shall be; null: in the directory of the migrations. */
  readonly path: string | null;
  /** The rows only of what the pending migrations touch. */
  readonly affected: boolean;
  /** Path of a plan that the snapshot has to fit. */
  readonly plan: string | null;
  /** Directory of pg_dump; null: where PATH says. */
  readonly programs: string | null;
}

export interface BackupReport {
  readonly target: TargetDescription;
  readonly environment: string | null;
  readonly manifest: BackupManifest;
  /** Relative to the working directory. */
  readonly file: string;
  readonly proof: string;
  /** Path of the plan that it was taken for. */
  readonly plan: string | null;
  /** Why the ledger does not know of it; null: it does. */
  readonly notRecorded: string | null;
}

/** Takes a backup, leaves its proof beside it and records it. */
export function backupOperation(
  world: World,
  options: BackupOperationOptions,
): Promise<BackupReport> {
  const { cwd } = world;
  const held = options.plan === null ? null : readPlanFile(cwd, options.plan);
  // Whole tables are read: the limit of a run does not fit.
  const statementTimeoutMs = options.statementTimeoutMs ?? 0;
  const connect = { ...options, statementTimeoutMs, purpose: 'apply' as const };
  return withEngine(world, connect, async (opened) => {
    const { target } = opened.engine.session;
    const path = placeOf(world, options, target);
    const seen =
      held === null && !options.affected
        ? { ...(await withoutPlan(world, opened, { ...options, path })), planDigest: null }
        : await withPlan(world, opened, { ...options, path, held });
    const recorded = await keep(world, opened.engine, { ...seen, location: path });
    const file = relative(cwd, path);
    return { target, file, proof: manifestPath(file), plan: options.plan, ...recorded };
  });
}

interface Place {
  readonly path: string;
  readonly programs: string | null;
}

type Backup = Omit<BackupManifest, 'location'>;

/** Needs no migrations, and no config that makes sense. */
function withoutPlan(
  world: World,
  { engine }: OpenedEngine,
  place: Place,
): Promise<Omit<Backup, 'planDigest'>> {
  const settings = transactionSettings(engine);
  return inSnapshot(engine.session.connection, settings, () =>
    take(world, engine, { ...place, affected: null }),
  );
}

/** Of the very snapshot that was planned for, so that the plan says what can be brought back from it. */
async function withPlan(
  world: World,
  opened: OpenedEngine,
  place: Place & { readonly affected: boolean; readonly held: PlanFile | null },
): Promise<Backup> {
  const { engine, config } = await opened.configured();
  const source = opened.project.migrations();
  return lookWhilePlanning(engine, source, {
    order: 'linear',
    look: async (report) => {
      const file = await planFileOf(engine, report, source);
      if (place.held !== null) assertFits(place.held, file, config.planTolerance);
      const affected = place.affected ? affectedNames(report) : null;
      const taken = await take(world, engine, { ...place, affected });
      return { ...taken, planDigest: file.digest };
    },
  });
}

function assertFits(held: PlanFile, now: PlanFile, tolerance: number): void {
  const refusal = checkPlanBinding(held, { now, tolerance, begun: new Set() });
  if (refusal !== null) throw refusal;
}

/** @throws HygieneError HYG_USAGE where they cannot be known, or there are none */
function affectedNames({ migrations }: PlanReport): ReadonlySet<string> {
  const whole = 'Leave --affected out to back up the whole database.';
  const unknown = migrations.find(({ steps }) => steps.some(({ kind }) => kind === 'unknown'));
  if (unknown !== undefined) {
    throw new HygieneError('HYG_USAGE', {
      message: `What ${unknown.id} changes is known only when it runs, so nobody can say which tables it affects.`,
      hint: whole,
    });
  }
  const tables = migrations.flatMap(({ steps }) => steps.flatMap(tablesOf));
  const affected = tables.filter(({ removed, changed }) => removed + changed > 0);
  if (affected.length > 0) return new Set(affected.map(({ table }) => table));
  throw new HygieneError('HYG_USAGE', {
    message: 'Nothing that is pending changes a row, so no table is affected.',
    hint: whole,
  });
}

async function take(
  world: World,
  engine: Engine,
  place: Place & { readonly affected: ReadonlySet<string> | null },
): Promise<Omit<Backup, 'planDigest'>> {
  const { session, names, settings, signal, clock, random } = engine;
  const { connection, source } = session;
  const { path, programs, affected } = place;
  const { marker } = await new Ledger(connection, names).snapshot();
  const identity = await readIdentity(connection, marker?.marker ?? null);
  const takenAt = clock.now().toISOString();
  const taken = await takeBackup({
    ...{ connection, path, signal },
    programs:
      source.forPrograms === undefined
        ? null
        : new PostgresPrograms({ ...world, directory: programs }, source.forPrograms),
    affected: affected === null ? null : { names: affected, schema: names.schema },
    lockTimeoutMs: settings.runLockTimeoutMs,
  });
  const id = `hygiene-${takenAt}-${random.uuid().slice(0, 8)}`;
  return { schemaVersion: 1, id, takenAt, identity: withoutAddress(identity), ...taken };
}

/** The proof beside the file, and the event in the ledger. */
async function keep(
  { cwd }: World,
  engine: Engine,
  manifest: BackupManifest,
): Promise<Pick<BackupReport, 'environment' | 'manifest' | 'notRecorded'>> {
  const { location } = manifest;
  try {
    writeJsonFile(cwd, manifestPath(location), manifest);
  } catch (error) {
    // Without its proof nobody could tell what it is.
    rmSync(location, { force: true });
    throw error;
  }
  const snapshot = await new Ledger(engine.session.connection, engine.names).snapshot();
  const environment = snapshot.marker?.environment ?? null;
  const notRecorded = snapshot.installed
    ? await tryToRecordBackup(
        await contextFrom(engine, snapshot),
        manifest,
        recordedFacts(manifest),
      )
    : 'there is no ledger yet; `hygiene up --backup-proof` will record it';
  return { environment, manifest, notRecorded };
}

/** Contains personal data, so a directory of our own is kept out of git. */
function placeOf(
  { cwd, clock }: World,
  { path, dir }: BackupOperationOptions,
  { kind, database }: TargetDescription,
): string {
  if (path !== null) return resolve(cwd, path);
  const directory = resolve(cwd, dir, 'backups');
  mkdirSync(directory, { recursive: true });
  const ignore = join(directory, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  const name = kind === 'embedded' ? 'embedded' : database.replaceAll(/[^\w-]/g, '_');
  const stamp = fileStamp(clock.now());
  return join(directory, `${name}_${stamp}.${kind === 'embedded' ? 'tar.gz' : 'dump'}`);
}
