import type { EvidenceFamily, Judgement } from './detectors/detector.ts';

/** One reason to think that a row is seed data. */
export interface Evidence extends Judgement {
  /** The detector, or the pass of the scan, that found it. */
  readonly detector: string;
  readonly family: EvidenceFamily;
  /** Null where it is about the whole row. */
  readonly column: string | null;
  /** What stands in the column, cut; null where it must not be shown to anybody, as a password. */
  readonly value: string | null;
}
