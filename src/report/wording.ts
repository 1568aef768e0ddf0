import type { Strategy, Window } from '../planner/strategy.ts';

/** A duration in the unit that a person would use: `12 ms`, `3.4 s`, `5 min`, `2.5 h`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = seconds / 60;
  return minutes < 120 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** To the second, in UTC, whatever the machine's own zone is. */
export function moment(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `8.0 kB`, `1.2 MB`, as pg_size_pretty counts: in steps of 1024. */
export function byteSize(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(value < 10 && unit > 0 ? 1 : 0)} ${UNITS[unit] ?? ''}`;
}

/** As much of a hash as people compare by eye. */
export function shortHash(hash: string): string {
  return hash.replace(/^sha256:/, '').slice(0, 8);
}

/** The `up` that does what was tried: in the same window, by the same strategy. */
export function upLine({
  window,
  strategy,
}: {
  readonly window: Window;
  readonly strategy: Strategy | null;
}): string {
  const inWindow = window === 'maintenance' ? ' --maintenance' : '';
  return `hygiene up${inWindow}${strategy === null ? '' : ` --strategy ${strategy}`}`;
}
