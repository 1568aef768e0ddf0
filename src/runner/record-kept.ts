import { CancellableConnection } from '../database/cancellable.ts';
import { sql } from '../kernel/sql.ts';
import { keepGuards } from '../ledger/guards.ts';
import { outdatedLedger } from '../ledger/ledger-errors.ts';
import { archivesTable } from '../ledger/names.ts';
import type { EventContext } from './events.ts';
import { addGuardsInWindow } from './guards/guards-in-window.ts';
import type { Evidence } from './evidence.ts';
import type { RunnableMigration } from './runnable.ts';

interface Application {
  readonly migration: RunnableMigration;
  readonly generation: number;
}

/** Lists what an application leaves in the database beside its ledger event: archives and seed guards. */
export async function recordKept(
  context: EventContext,
  evidence: Evidence,
  application: Application,
): Promise<void> {
  await recordArchives(context, evidence, application);
  await recordGuards(context, evidence, application);
}

/** The version before has one line for each table, so it can have one archive of each only. */
export function keepsStages({ ledgerVersion }: Pick<EventContext, 'ledgerVersion'>): boolean {
  return ledgerVersion >= 2;
}

async function recordArchives(
  context: EventContext,
  evidence: Evidence,
  { migration, generation }: Application,
): Promise<void> {
  const { session, names, facts } = context.engine;
  const isStaged = keepsStages(context);
  for (const { source, archive, kind, stage, rows, changedColumns } of evidence.archives) {
    const [newColumns, newValues] = isStaged
      ? [sql`, stage, changed_columns`, sql`, ${stage}, ${changedColumns}::text[]`]
      : [sql``, sql``];
    await session.connection.query(sql`
      insert into ${archivesTable(names)}
        (migration_id, generation, source_schema, source_table, archive_table, kind, rows,
         run_id${newColumns})
      values (${migration.id}, ${generation}, ${source.schema}, ${source.name},
              ${archive.name}, ${kind}, ${rows}, ${facts.runId}${newValues})
    `);
  }
}

/** In the window the guards are a part of it; online they come after the commit. */
async function recordGuards(
  context: EventContext,
  { guards }: Evidence,
  { migration, generation }: Application,
): Promise<void> {
  if (guards.length === 0) return;
  if (context.ledgerVersion < 2) throw outdatedLedger('a seed guard');
  const { session, names, settings, signal } = context.engine;
  const connection = new CancellableConnection(session.connection, signal);
  await keepGuards(connection, names, { migrationId: migration.id, generation, guards });
  if (settings.window === 'online') return;
  await addGuardsInWindow(context, connection, { migration, generation, guards });
}
