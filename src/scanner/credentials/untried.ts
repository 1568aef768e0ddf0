import { counted } from '../../kernel/counts.ts';

/** Stored passwords that were not tried, or not with the whole list. */
export interface Untried {
  /** Of a kind that is not known. */
  readonly unknown: number;
  readonly tooDear: number;
  /** Nothing was tried on them. */
  readonly untouched: number;
  /** For each hash with a part of the list behind it, how many entries that was. */
  readonly partly: readonly number[];
}

export function untriedInWords({
  unknown,
  tooDear,
  untouched,
  partly,
}: Untried): readonly string[] {
  return [
    ...(unknown > 0 ? [`${counted(unknown, 'value')} of a kind that is not tried`] : []),
    ...(tooDear > 0 ? [`${hashes(tooDear)} that cost too much to try`] : []),
    ...(untouched > 0 ? [`nothing was tried on ${hashes(untouched)} in the time`] : []),
    ...(partly.length > 0
      ? [
          `only the ${counted(Math.min(...partly), 'likeliest entry', 'likeliest entries')} of the list could be tried on ${hashes(partly.length)} in the time`,
        ]
      : []),
  ];
}

function hashes(count: number): string {
  return counted(count, 'hash', 'hashes');
}
