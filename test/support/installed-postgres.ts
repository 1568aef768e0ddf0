import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian puts each version that is installed. */
const PLACE = '/usr/lib/postgresql';

/** A PostgreSQL of the system, with its server and its client programs. */
export interface InstalledPostgres {
  readonly version: number;
  /** Holds `bin`. */
  readonly directory: string;
}

/** The newest of them; null: npm alone has no `pg_dump`. */
export function installedPostgres(): InstalledPostgres | null {
  const versions = existsSync(PLACE) ? readdirSync(PLACE).map(Number) : [];
  const whole = versions
    .sort((a, b) => b - a)
    .map((version) => ({ version, directory: join(PLACE, String(version)) }))
    .filter(({ directory }) =>
      ['initdb', 'postgres', 'pg_dump', 'pg_restore'].every((name) =>
        existsSync(join(directory, 'bin', name)),
      ),
    );
  return whole[0] ?? null;
}
