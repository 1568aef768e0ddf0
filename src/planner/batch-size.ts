/** How many rows the next batch takes, from how long the last ones took. */

export interface SizeRules {
  /** Rows of the first batch. */
  readonly first: number;
  /** How long a batch should take, in milliseconds. */
  readonly targetMs: number;
  /** Only halving goes below. */
  readonly least: number;
}

/** The size of the next batch, and the weighted sums from which it follows. */
export interface Pace {
  readonly size: number;
  /** Newer batches weigh more. */
  readonly rows: number;
  readonly ms: number;
  readonly samples: number;
}

/** The weight that older batches keep with each new one. */
const MEMORY = 0.75;
const MAX = 50_000;
/** How much larger than the one before a batch may be; early figures are rough, but the start is slow. */
const EARLY_SAMPLES = 5;
const EARLY_GROWTH = 2;
const GROWTH = 1.5;

export function startPace(size: number): Pace {
  return { size: Math.max(1, Math.min(size, MAX)), rows: 0, ms: 0, samples: 0 };
}

/** A batch of so many listed rows has taken so long. */
export function afterBatch(
  pace: Pace,
  batch: { readonly rows: number; readonly ms: number },
  { targetMs, least }: SizeRules,
): Pace {
  const rows = pace.rows * MEMORY + batch.rows;
  const ms = pace.ms * MEMORY + batch.ms;
  const samples = pace.samples + 1;
  const growth = samples <= EARLY_SAMPLES ? EARLY_GROWTH : GROWTH;
  const most = Math.min(MAX, Math.ceil(pace.size * growth));
  const wanted = ms <= 0 ? most : Math.floor((rows / ms) * targetMs);
  return { size: Math.min(most, Math.max(Math.min(least, most), wanted)), rows, ms, samples };
}

/** What was learnt is forgotten: it had led to a batch that was too large. */
export function halved({ size }: Pace): Pace {
  return startPace(Math.max(1, Math.floor(size / 2)));
}

/** About how many batches a purge takes, which its plan estimates at `estimatedMs` in one piece. */
export function estimateBatches(
  plan: { readonly rows: number; readonly estimatedMs: number },
  { first, targetMs, least }: SizeRules,
): number {
  const usual = Math.max(
    least,
    Math.min(MAX, Math.floor((plan.rows / Math.max(1, plan.estimatedMs)) * targetMs)),
  );
  let batches = 0;
  let left = plan.rows;
  for (let size = first; left > 0 && size < usual; size *= EARLY_GROWTH) {
    left -= size;
    batches += 1;
  }
  return batches + Math.ceil(Math.max(0, left) / usual);
}
