/** How many go at once to see whether it goes well. */
export interface WaveSizes {
  /** Targets of the first wave; 0: there is none before the others. */
  readonly canary: number;
  /** Targets of each later wave; null: all of the rest in one. */
  readonly waveSize: number | null;
}

/** In the order that they were given in; none is left out, and none comes twice. */
export function splitIntoWaves<T>(
  targets: readonly T[],
  { canary, waveSize }: WaveSizes,
): readonly (readonly T[])[] {
  const first = targets.slice(0, canary);
  const rest = targets.slice(canary);
  const size = waveSize ?? Math.max(1, rest.length);
  const waves = Array.from({ length: Math.ceil(rest.length / size) }, (_, at) =>
    rest.slice(at * size, (at + 1) * size),
  );
  return first.length === 0 ? waves : [first, ...waves];
}
