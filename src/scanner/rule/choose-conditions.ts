import type { Candidate } from './candidates.ts';

export interface ChosenConditions {
  readonly conditions: readonly Candidate[];
  /** Doomed rows that no condition covers, to be named by their keys. */
  readonly rest: readonly string[];
}

/** A condition that adds fewer rows than this is not worth a line of its own. */
const LEAST_GAIN = 2;

/**
 * The fewest conditions that cover the most rows: again and again the one that covers most of what is
 * left, a lasting one before one of the moment. Candidates match doomed rows only.
 */
export function chooseConditions(
  keys: readonly string[],
  candidates: readonly Candidate[],
): ChosenConditions {
  const left = new Set(keys);
  const conditions: Candidate[] = [];
  for (;;) {
    const best = bestOf(candidates, left);
    if (best === null) break;
    conditions.push(best);
    for (const key of best.keys) left.delete(key);
  }
  return { conditions, rest: [...left] };
}

function bestOf(candidates: readonly Candidate[], left: ReadonlySet<string>): Candidate | null {
  let best: Candidate | null = null;
  let most = LEAST_GAIN - 1;
  for (const candidate of candidates) {
    const gain = [...candidate.keys].filter((key) => left.has(key)).length;
    const isBetter =
      gain > most || (gain === most && candidate.isLasting && best?.isLasting === false);
    if (isBetter && gain >= LEAST_GAIN) {
      best = candidate;
      most = gain;
    }
  }
  return best;
}
