import { resolve } from 'node:path';

import type { TargetDescription } from '../../database/connection.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { scanDatabase, type ScanOptions } from '../../runner/scan-database.ts';
import type { SeedRules } from '../../scanner/rule/seed-rule.ts';
import type { ScanResult } from '../../scanner/scan-result.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';
import { createMigration } from '../scaffold/create.ts';
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
 * @throws HygieneError HYG_PLAN_UNKNOWN_TABLE, HYG_CONFIG_EXISTS
 */
export function scanOperation(
  world: World,
  options: ConnectOptions & ScanRequest,
): Promise<ScanReport> {
  return withEngine(world, { ...options, purpose: 'read' }, async (opened) => {
    const { engine } = await opened.configured();
    const { connection, target } = engine.session;
    const { marker } = await new Ledger(connection, engine.names).snapshot();
    const result = await scanDatabase(engine, options.scan);
    const { minScore } = options.scan;
    const written = options.write === null ? null : write(world, options, result.rules);
    return { ...result, target, environment: marker?.environment ?? null, minScore, written };
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
