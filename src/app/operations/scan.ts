import type { TargetDescription } from '../../database/connection.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { scanDatabase, type ScanOptions } from '../../runner/scan-database.ts';
import type { ScanResult } from '../../scanner/scan-result.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';

export interface ScanReport extends ScanResult {
  readonly target: TargetDescription;
  readonly environment: string | null;
  readonly minScore: number;
}

/** Looks for demo, test and seed data; changes nothing. */
export function scanOperation(
  world: World,
  options: ConnectOptions & { readonly scan: ScanOptions },
): Promise<ScanReport> {
  return withEngine(world, { ...options, purpose: 'read' }, async (opened) => {
    const { engine } = await opened.configured();
    const { connection, target } = engine.session;
    const { marker } = await new Ledger(connection, engine.names).snapshot();
    const result = await scanDatabase(engine, options.scan);
    const { minScore } = options.scan;
    return { ...result, target, environment: marker?.environment ?? null, minScore };
  });
}
