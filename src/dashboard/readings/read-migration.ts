import type { OpenedEngine } from '../../app/compose.ts';
import { migrationsIfAny } from '../../app/operations/check.ts';
import type { Project } from '../../app/project.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { RecordedEvent } from '../../ledger/events.ts';
import { type MigrationRecord, readHistory } from '../../ledger/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { textFact } from '../../ledger/text-fact.ts';
import { archivesIfSeen, type ListedArchive } from '../../runner/archives.ts';

/** Everything about one migration, but for its plan. */
export interface MigrationFacts {
  readonly id: string;
  readonly description: string | null;
  readonly irreversible: string | null;
  /** Null: the ledger does not know it, so it is pending. */
  readonly record: MigrationRecord | null;
  /** The application in force. */
  readonly applied: RecordedEvent | null;
  /** Oldest first. */
  readonly events: readonly RecordedEvent[];
  /** Null where the role may not see them. */
  readonly archives: readonly ListedArchive[] | null;
  readonly sources: readonly { readonly name: string; readonly text: string }[];
}

/** @throws HygieneError HYG_LEDGER_UNKNOWN_ID where neither files nor ledger know it */
export async function readMigration(
  opened: OpenedEngine,
  id: string,
  retentionDays: number,
): Promise<MigrationFacts> {
  const { session, names } = opened.engine;
  const { connection } = session;
  const ledger = new Ledger(connection, names);
  const events = (await ledger.isInstalled()) ? await ledger.events({ migrationId: id }) : [];
  const file = await loadedFile(opened.project, id);
  if (file === null && events.length === 0) throw unknown(id);
  const record = readHistory(events.map(asLight)).get(id) ?? null;
  const applied = events.find(({ seq }) => seq === record?.appliedSeq) ?? null;
  const { description, irreversible, sources } = file ?? described(applied);
  return {
    ...{ id, description, irreversible, record, applied, events, sources },
    archives:
      applied === null
        ? []
        : await archivesIfSeen(connection, names, { migrationId: id, retentionDays }),
  };
}

type Described = Pick<MigrationFacts, 'description' | 'irreversible' | 'sources'>;

async function loadedFile(project: Project, id: string): Promise<Described | null> {
  const source = migrationsIfAny(project);
  if (source?.files.some((file) => file.id === id) !== true) return null;
  const { description, irreversible } = await source.load(id);
  return { description, irreversible, sources: project.sourcesOf(id) };
}

/** Of a migration whose file is gone, as the ledger has it. */
function described(applied: RecordedEvent | null): Described {
  const evidence = applied?.evidence;
  return {
    description: textFact(evidence, 'description'),
    irreversible: textFact(evidence, 'irreversible'),
    sources: [],
  };
}

function asLight(event: RecordedEvent): Parameters<typeof readHistory>[0][number] {
  const guards = event.evidence?.['guards'];
  return {
    ...event,
    errorMessage: event.error?.message ?? null,
    guards: Array.isArray(guards) ? guards.map(String) : [],
  };
}

function unknown(id: string): HygieneError {
  return new HygieneError('HYG_LEDGER_UNKNOWN_ID', {
    message: `Neither the files nor the ledger know a migration "${id}".`,
    hint: 'The page Migrations lists those that there are.',
    details: { id },
  });
}
