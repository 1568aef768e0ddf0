import type { TargetDescription } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { type CheckedDatabase, checkDatabase } from '../../runner/check-database.ts';
import type { MigrationSource } from '../../runner/inspection.ts';
import type { ScanOptions } from '../../runner/scan-database.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';
import type { Project } from '../project.ts';

export interface CheckReport extends CheckedDatabase {
  readonly target: TargetDescription;
  readonly environment: string | null;
}

/** Whether the database is clean, dirty, or nobody can know. */
export function checkOperation(
  world: World,
  options: ConnectOptions & { readonly scan: Omit<ScanOptions, 'tables' | 'withRules'> },
): Promise<CheckReport> {
  return withEngine(world, { ...options, purpose: 'read' }, async (opened) => {
    const { engine } = await opened.configured();
    const { connection, target } = engine.session;
    const { marker } = await new Ledger(connection, engine.names).snapshot();
    const checked = await checkDatabase(engine, migrationsIfAny(opened.project), options.scan);
    return { ...checked, target, environment: marker?.environment ?? null };
  });
}

/** Null where there is none yet: a database can be looked at before the first one is written. */
export function migrationsIfAny(project: Project): MigrationSource | null {
  try {
    return project.migrations();
  } catch (error) {
    const isNone =
      error instanceof HygieneError &&
      (error.code === 'HYG_LOAD_NO_MIGRATIONS' || error.code === 'HYG_LOAD_NO_DIRECTORY');
    if (isNone) return null;
    throw error;
  }
}

/** For where it makes no difference that there is none. */
export const noMigrations: MigrationSource = {
  files: [],
  load: (id) => Promise.reject(new Error(`there is no migration ${id}`)),
};
