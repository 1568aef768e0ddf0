import { describe, expect, test } from '@jest/globals';

import { Remembered } from '../../src/dashboard/remembered.ts';
import { type Clock, systemClock } from '../../src/kernel/ports.ts';

interface SetClock extends Clock {
  ms: number;
}

function setClock(): SetClock {
  const clock = { ...systemClock, ms: 0, monotonicMs: (): number => clock.ms };
  return clock;
}

function counting(clock: Clock): {
  readonly kept: Remembered<number>;
  readonly reads: () => number;
} {
  let reads = 0;
  const kept = new Remembered(clock, 1_000, () => {
    reads += 1;
    return Promise.resolve(reads);
  });
  return { kept, reads: () => reads };
}

describe('a reading that many ask for', () => {
  test('is made once for all who ask at one time, and again when it is too old', async () => {
    const clock = setClock();
    const { kept, reads } = counting(clock);
    expect(await Promise.all([kept.get(), kept.get(), kept.get()])).toEqual([1, 1, 1]);
    clock.ms = 1_000;
    expect(await kept.get()).toBe(1);
    clock.ms = 1_001;
    expect(await Promise.all([kept.get(), kept.get()])).toEqual([2, 2]);
    expect(reads()).toBe(2);
  });

  test('is not kept when it fails', async () => {
    let read = (): Promise<string> => Promise.reject(new Error('down'));
    const kept = new Remembered(setClock(), 1_000, () => read());
    await expect(kept.get()).rejects.toThrow('down');
    read = () => Promise.resolve('up');
    expect(await kept.get()).toBe('up');
  });

  test('at a glance is the last one, while a new one is made', async () => {
    const clock = setClock();
    const { kept } = counting(clock);
    expect(kept.glance()).toBeNull();
    expect(await kept.get()).toBe(1);
    clock.ms = 5_000;
    expect(kept.glance()).toBe(1);
    expect(await kept.get()).toBe(2);
  });
});
