import type { TargetOutcome, TargetResult } from './outcome.ts';
import { takeTurns } from './take-turns.ts';

export interface WaveRun<T> {
  readonly waves: readonly (readonly T[])[];
  /** Targets that are worked on at one time. */
  readonly concurrency: number;
  /** True: a failure ends neither its wave nor those after it. */
  readonly goOn: boolean;
  /** Begins no further target when it aborts. */
  readonly signal: AbortSignal;
  /** Never throws. */
  readonly run: (target: T) => Promise<TargetOutcome>;
  /** Told as each target ends. */
  readonly onResult: (result: TargetResult) => void;
}

interface Named {
  readonly name: string;
}

/** One wave after the other. Each target has a result, also those that were not begun. */
export async function runWaves<T extends Named>(run: WaveRun<T>): Promise<readonly TargetResult[]> {
  const results: TargetResult[] = [];
  let isOver = false;
  for (const [wave, targets] of run.waves.entries()) {
    await takeTurns(targets, run.concurrency, async (target) => {
      isOver ||= run.signal.aborted;
      const outcome = isOver ? null : await run.run(target);
      const result = { name: target.name, wave, outcome };
      results.push(result);
      if (outcome !== null) run.onResult(result);
      if (outcome?.state === 'failed' && !run.goOn) isOver = true;
    });
  }
  return results;
}
