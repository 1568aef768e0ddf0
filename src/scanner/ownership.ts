import type { Judgement } from './detectors/detector.ts';

/** What is known of a row that another row references. */
export interface Owner {
  /** For people: the name of its table. */
  readonly table: string;
  readonly isSeed: boolean;
  /** An administrator: writes into everybody's rows, so it says nothing about them. */
  readonly isAdmin: boolean;
  /** Whether the row is a person, or belongs to one. */
  readonly isPersonal: boolean;
  /** Milliseconds since 1970; null where it is not known. */
  readonly createdAt: number | null;
}

export interface OwnedRow {
  readonly owners: readonly Owner[];
  readonly createdAt: number | null;
}

/**
 * - `seed`: it belongs to seed rows and was made with them
 * - `apart`: it hangs on a seed row, and somebody genuine has a part in it, or made it later
 */
export type Ownership = 'seed' | 'apart' | 'none';

/** How long a run that makes rows and what belongs to them takes at most, in milliseconds. */
const RUN = 15 * 60_000;
const DAY = 24 * 3_600_000;
/** From this share on, rows older than their owners show that the times of the table are made up. */
const MADE_UP_SHARE = 0.2;
/** So many rows of different owners at one moment were made by one hand. */
const TOGETHER = 3;
/** Below so many rows nothing is said about how the times of a table are spread. */
const ENOUGH = 5;

type Time = 'with' | 'before' | 'after' | 'unknown';

/**
 * Judges the rows of one table that reference seed rows, together: whether a time can be trusted shows
 * only in all of them.
 */
export function judgeOwnership(rows: readonly OwnedRow[]): readonly Ownership[] {
  const verdicts = rows.map(judgeOwners);
  const owned = rows.filter((_, at) => verdicts[at] === 'seed');
  const isLate = lateness(owned);
  return rows.map((row, at) => {
    const verdict = verdicts[at] ?? 'none';
    return verdict === 'seed' && isLate(row) ? 'apart' : verdict;
  });
}

/** A row that people have a part in is theirs; one that nobody has a part in belongs to what it references. */
function judgeOwners({ owners }: OwnedRow): Ownership {
  const counted = owners.filter(({ isAdmin }) => !isAdmin);
  const seeds = counted.filter(({ isSeed }) => isSeed);
  if (seeds.length === 0) return 'none';
  const personal = counted.filter(({ isPersonal }) => isPersonal);
  return personal.every(({ isSeed }) => isSeed) ? 'seed' : 'apart';
}

/**
 * Tells the rows that somebody made after the seed run. Where most rows have no time that fits a run,
 * the seed has spread its times, and a late one says nothing.
 */
function lateness(rows: readonly OwnedRow[]): (row: OwnedRow) => boolean {
  const moments = new Map<number, number>();
  for (const { createdAt } of rows) {
    if (createdAt !== null) moments.set(createdAt, (moments.get(createdAt) ?? 0) + 1);
  }
  const isTogether = ({ createdAt }: OwnedRow): boolean =>
    createdAt !== null && createdAt % DAY !== 0 && (moments.get(createdAt) ?? 0) >= TOGETHER;
  const isAfter = (row: OwnedRow): boolean => timeOf(row) === 'after' && !isTogether(row);
  const before = rows.filter((row) => timeOf(row) === 'before').length;
  const after = rows.filter(isAfter).length;
  const isMadeUp = before >= rows.length * MADE_UP_SHARE && before > 0;
  const isSpread = after >= ENOUGH && after > rows.length / 2;
  return isMadeUp || isSpread ? () => false : isAfter;
}

/** Against the latest of its seed owners: nothing genuine is older than what it belongs to. */
function timeOf({ owners, createdAt }: OwnedRow): Time {
  const made = owners.flatMap((owner) =>
    owner.isSeed && owner.createdAt !== null ? [owner.createdAt] : [],
  );
  if (createdAt === null || made.length === 0) return 'unknown';
  const late = createdAt - Math.max(...made);
  if (late < -1000) return 'before';
  return late <= RUN ? 'with' : 'after';
}

export function belongsToSeed(owners: readonly Owner[]): Judgement {
  const tables = [...new Set(owners.filter(({ isSeed }) => isSeed).map(({ table }) => table))];
  return { strength: 'strong', says: `belongs to seed data in ${tables.join(' and ')}` };
}
