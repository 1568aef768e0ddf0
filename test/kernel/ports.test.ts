import { getEventListeners } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import { silentLogger, systemClock, systemRandom } from '../../src/kernel/ports.ts';

/** Far longer than a test may take: whoever resolves or rejects sooner did not wait. */
const LONG_MS = 10 * 60_000;

describe('sleep', () => {
  test('ends by itself', async () => {
    await expect(systemClock.sleep(1)).resolves.toBeUndefined();
    await expect(systemClock.sleep(0, new AbortController().signal)).resolves.toBeUndefined();
  });

  test('ends at once with the reason when the signal aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('SIGTERM');
    const slept = systemClock.sleep(LONG_MS, controller.signal);
    controller.abort(reason);
    await expect(slept).rejects.toBe(reason);
  });

  test('does not begin when the signal has aborted before', async () => {
    const reason = new Error('too late');
    await expect(systemClock.sleep(LONG_MS, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('rejects with an error also when the reason is none', async () => {
    await expect(systemClock.sleep(LONG_MS, AbortSignal.abort('text'))).rejects.toThrow('aborted');
  });

  test('leaves nothing on the signal, however it ends', async () => {
    const controller = new AbortController();
    await systemClock.sleep(1, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    const slept = systemClock.sleep(LONG_MS, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});

describe('the system', () => {
  test('has a clock that never goes back', () => {
    const readings = Array.from({ length: 100 }, () => systemClock.monotonicMs());
    expect([...readings].sort((a, b) => a - b)).toEqual(readings);
    expect(systemClock.now()).toBeInstanceOf(Date);
  });

  test('has chance between 0 and 1, and uuids that differ', () => {
    const numbers = Array.from({ length: 100 }, () => systemRandom.next());
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(new Set(numbers).size).toBeGreaterThan(1);
    expect(systemRandom.uuid()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(systemRandom.uuid()).not.toBe(systemRandom.uuid());
  });

  test('has a logger that says nothing and takes everything', () => {
    const levels = ['debug', 'info', 'warn', 'error'] as const;
    expect(levels.map((level) => silentLogger[level]({ a: 1 }, 'text'))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
