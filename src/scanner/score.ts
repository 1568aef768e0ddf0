import type { EvidenceFamily, Strength } from './detectors/detector.ts';

/** How much a piece of evidence is worth by itself: the chance that a row which has it is seed data. */
const WORTH: Readonly<Record<Strength, number>> = {
  decisive: 0.97,
  strong: 0.85,
  moderate: 0.5,
  weak: 0.18,
};

/** Scores are from 0 to 1. */
export function isScore(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

/** The lowest scores that the words stand for. */
const WORDS = [
  ['certain', 0.9],
  ['likely', 0.6],
  ['possible', 0.3],
] as const;

/** What scores less is not worth a word. */
export const LOWEST_SCORE = 0.3;

export type ScoreWord = (typeof WORDS)[number][0];

export const DEFAULT_MIN_SCORE = 0.6;

interface Weighed {
  readonly family: EvidenceFamily;
  readonly strength: Strength;
}

/**
 * From 0 to 1. The strongest evidence of each family counts, and families are independent of each other:
 * what is left of the doubt is the product of what each leaves.
 */
export function scoreOf(evidence: readonly Weighed[]): number {
  const byFamily = new Map<EvidenceFamily, number>();
  for (const { family, strength } of evidence) {
    byFamily.set(family, Math.max(byFamily.get(family) ?? 0, WORTH[strength]));
  }
  const doubt = [...byFamily.values()].reduce((left, worth) => left * (1 - worth), 1);
  return Math.round((1 - doubt) * 100) / 100;
}

/** Null for a score that is not worth a word. */
export function wordFor(score: number): ScoreWord | null {
  return WORDS.find(([, from]) => score >= from)?.[0] ?? null;
}
