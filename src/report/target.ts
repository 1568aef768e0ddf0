/** What a command works on. Never holds a password. */
export interface TargetFacts {
  readonly kind: 'postgres' | 'embedded';
  readonly host: string;
  readonly port: number | null;
  readonly database: string;
  readonly user: string;
  readonly source: string;
  readonly notes: readonly string[];
}

/**
 * The first lines of every command.
 * @param environment the marker; null when the database is not marked, undefined when it was not read
 */
export function targetLines(target: TargetFacts, environment: string | null | undefined): string[] {
  const marker = environment === undefined ? '' : ` · environment: ${environment ?? 'not marked'}`;
  const from = `(from ${target.source})`;
  return [`${placeOf(target)} ${from}${marker}`, ...target.notes.map((note) => `note: ${note}`)];
}

/** Without user and source: `127.0.0.1:5432/app`. */
export function placeOf({ kind, host, port, database, user }: TargetFacts): string {
  if (kind === 'embedded') return `embedded database ${database}`;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${name}${port === null ? '' : `:${port}`}/${database} as ${user}`;
}
