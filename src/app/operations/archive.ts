import { resolve } from 'node:path';

import type { TargetDescription } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { readHistory } from '../../ledger/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { type ListedArchive, listArchives } from '../../runner/archives.ts';
import { contextFrom, type EventContext } from '../../runner/events.ts';
import { exportArchive, type ExportReport } from '../../runner/export-archive.ts';
import { assertHead } from '../../runner/inspection.ts';
import { type PrunedApplication, pruneArchives } from '../../runner/prune-archives.ts';
import {
  type ConnectOptions,
  type OpenedEngine,
  type Purpose,
  withEngine,
  type World,
} from '../compose.ts';

interface ArchiveFacts {
  readonly target: TargetDescription;
  readonly environment: string | null;
  readonly retentionDays: number;
}

export interface ArchiveListReport extends ArchiveFacts {
  readonly archives: readonly ListedArchive[];
}

/** What is archived, and how long it stays. */
export function archiveListOperation(
  world: World,
  options: ConnectOptions & { readonly id: string | null },
): Promise<ArchiveListReport> {
  return withArchives(world, { ...options, purpose: 'read' }, async (context, facts) => {
    const { retentionDays } = facts;
    const archives =
      context === null
        ? []
        : await listArchives(context.engine.session.connection, context.engine.names, {
            retentionDays,
            ...(options.id !== null && { migrationId: options.id }),
          });
    return { ...facts, archives };
  });
}

export interface ArchivePruneReport extends ArchiveFacts {
  readonly dryRun: boolean;
  readonly applications: readonly PrunedApplication[];
}

/** Drops archives whose retention has ended. */
export function archivePruneOperation(
  world: World,
  options: ConnectOptions & {
    readonly id: string | null;
    readonly olderThanDays: number | null;
    readonly dryRun: boolean;
  },
): Promise<ArchivePruneReport> {
  return withArchives(world, { ...options, purpose: 'apply' }, async (context, facts) => {
    const { id, dryRun } = options;
    const retentionDays = options.olderThanDays ?? facts.retentionDays;
    const applications =
      context === null ? [] : await pruneArchives(context, { id, retentionDays, dryRun });
    return { ...facts, retentionDays, dryRun, applications };
  });
}

export interface ArchiveExportReport extends ArchiveFacts, ExportReport {}

/** Writes the archive of one migration into files. */
export function archiveExportOperation(
  world: World,
  options: ConnectOptions & { readonly id: string; readonly to: string },
): Promise<ArchiveExportReport> {
  return withArchives(world, { ...options, purpose: 'apply' }, async (context, facts) => {
    const { id, to } = options;
    if (context === null) throw unknownId(id);
    return { ...facts, ...(await exportArchive(context, { id, to: resolve(world.cwd, to) })) };
  });
}

async function withArchives<T>(
  world: World,
  options: ConnectOptions & { readonly purpose: Purpose; readonly id: string | null },
  work: (context: EventContext | null, facts: ArchiveFacts) => Promise<T>,
): Promise<T> {
  return withEngine(world, options, async (opened) => {
    const { config } = await opened.configured();
    const { context, environment } = await contextOf(opened, options.id);
    const { target } = opened.engine.session;
    return work(context, { target, environment, retentionDays: config.retentionDays });
  });
}

/** Null where there is no ledger, and so no archive. */
async function contextOf(
  { engine }: OpenedEngine,
  id: string | null,
): Promise<{ readonly context: EventContext | null; readonly environment: string | null }> {
  const { connection } = engine.session;
  const snapshot = await new Ledger(connection, engine.names).snapshot();
  assertHead(snapshot);
  const environment = snapshot.marker?.environment ?? null;
  const isUnknown = id !== null && !readHistory(snapshot.events).has(id);
  if (isUnknown) throw unknownId(id);
  if (snapshot.schemaVersion === null) return { context: null, environment };
  return { context: await contextFrom(engine, snapshot), environment };
}

function unknownId(id: string): HygieneError {
  return new HygieneError('HYG_LEDGER_UNKNOWN_ID', {
    message: `The ledger holds no event of a migration "${id}".`,
    hint: 'hygiene archive list   shows whose rows are archived; an id is the file name without its extension.',
    details: { id },
  });
}
