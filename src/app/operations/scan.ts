import { resolve } from 'node:path';

import type { TargetDescription } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { scanDatabase, type ScanOptions } from '../../runner/scan-database.ts';
import type { SeedRules } from '../../scanner/rule/seed-rule.ts';
import type { ScanResult } from '../../scanner/scan-result.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';
import { createMigration, newMigrationId } from '../scaffold/create.ts';
import { seedMigration } from '../scaffold/seed-migration.ts';

export interface ScanReport extends ScanResult {
  readonly target: TargetDescription;
  readonly environment: string | null;
  readonly minScore: number;
  /** The migration that removes the findings, absolute; null where none was asked for or needed. */
  readonly written: string | null;
}

interface ScanRequest {
  readonly scan: ScanOptions;
  /** The name of a migration to be written; null: none. */
  readonly write: string | null;
}

/**
 * Looks for demo, test and seed data; changes nothing in the database.
 * @throws HygieneError HYG_REFUSED_PRIVILEGES where no table could be read,
 * HYG_PLAN_UNKNOWN_TABLE, HYG_USAGE, HYG_LOAD_NO_DIRECTORY, HYG_CONFIG_EXISTS
 */
export function scanOperation(
  world: World,
  options: ConnectOptions & ScanRequest,
): Promise<ScanReport> {
  const { dir, write: name } = options;
  // A scan may take long: what would keep the file from being written is said before it.
  if (name !== null) {
    newMigrationId({ dir: resolve(world.cwd, dir), name, now: world.clock.now() });
  }
  return withEngine(world, { ...options, purpose: 'read' }, async (opened) => {
    const { engine } = await opened.configured();
    const { connection, target } = engine.session;
    const { marker } = await new Ledger(connection, engine.names).snapshot();
    const result = await scanDatabase(engine, options.scan);
    if (result.tables.length === 0 && result.leftOut.some(({ isBlindSpot }) => isBlindSpot)) {
      throw nothingSeen(result);
    }
    const { minScore } = options.scan;
    const written = write(world, options, result.rules);
    return { ...result, target, environment: marker?.environment ?? null, minScore, written };
  });
}

function nothingSeen({ leftOut }: ScanResult): HygieneError {
  const some = leftOut.slice(0, 3).map(({ table, reason }) => `${table}: ${reason}`);
  return new HygieneError('HYG_REFUSED_PRIVILEGES', {
    message: `No table could be looked at (${some.join('; ')}${leftOut.length > 3 ? '; …' : ''}).`,
    hint: 'Scan as a role that may read the tables; for all of them: grant pg_read_all_data to ROLE;',
    details: { leftOut },
  });
}

function write(
  world: World,
  { dir, write: name }: ConnectOptions & ScanRequest,
  rules: SeedRules | null,
): string | null {
  if (rules === null || name === null || rules.rules.length === 0) return null;
  const { paths } = createMigration({
    dir: resolve(world.cwd, dir),
    name,
    sql: false,
    now: world.clock.now(),
    text: seedMigration(rules),
  });
  return paths[0] ?? null;
}
