import type { Strength } from '../detectors/detector.ts';

export interface DatedRow {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly isSeed: boolean;
}

const DAY = 24 * 3_600_000;
/** Two rows of one run are not further apart than this, in milliseconds. */
const GAP = 2_000;
const LEAST_SEEDS = 2;

/**
 * The rows that were made in one run with rows which are seed data: many at one moment, and a good part of
 * them given away already. A genuine import has one moment too, but hardly any such row in it.
 * @returns the rows that are not known as seed data, with how much it says about them
 */
export function seedRunMembers(rows: readonly DatedRow[]): ReadonlyMap<string, Strength> {
  const members = new Map<string, Strength>();
  for (const run of runs(rows)) {
    const seeds = run.filter(({ isSeed }) => isSeed).length;
    const strength = seeds < LEAST_SEEDS ? null : strengthOf(seeds / run.length, isByDay(run));
    if (strength === null) continue;
    for (const { key, isSeed } of run) if (!isSeed) members.set(key, strength);
  }
  return members;
}

function strengthOf(share: number, byDay: boolean): Strength | null {
  // A day is long, and others come on it too.
  if (byDay) return share >= 0.8 ? 'moderate' : null;
  if (share >= 0.25) return 'strong';
  return share >= 0.12 ? 'moderate' : null;
}

function isByDay(run: readonly DatedRow[]): boolean {
  return run.every(({ createdAt }) => createdAt % DAY === 0);
}

/** Rows without a longer pause between them. */
function runs(rows: readonly DatedRow[]): readonly (readonly DatedRow[])[] {
  const sorted = [...rows].sort((a, b) => a.createdAt - b.createdAt);
  const found: DatedRow[][] = [];
  for (const row of sorted) {
    const current = found.at(-1);
    const last = current?.at(-1);
    if (current !== undefined && last !== undefined && row.createdAt - last.createdAt <= GAP) {
      current.push(row);
    } else found.push([row]);
  }
  return found;
}
