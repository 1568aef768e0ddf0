/** What was seen of a database; each number is of things that a clean one has none of. */
export interface Seen {
  /** Rows that pending migrations would remove or change. */
  readonly pendingRows: number;
  /** Rows that look like seed data. */
  readonly seedRows: number;
  /** Administrators with a default password. */
  readonly openAdmins: number;
  readonly failedChecks: number;
  readonly brokenGuards: number;
  /** What could not be looked at, in words. */
  readonly notSeen: readonly string[];
}

export type Cleanliness = 'clean' | 'dirty' | 'unknown';

/** Dirt that was seen is there, whatever else was not; that there is none is known only of what was seen. */
export function judgeCleanliness(seen: Seen): Cleanliness {
  const { pendingRows, seedRows, openAdmins, failedChecks, brokenGuards, notSeen } = seen;
  if (pendingRows + seedRows + openAdmins + failedChecks + brokenGuards > 0) return 'dirty';
  return notSeen.length > 0 ? 'unknown' : 'clean';
}
