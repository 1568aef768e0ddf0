import type { ColumnRole } from '../column-role.ts';
import type { Prefilter } from './prefilter.ts';

/**
 * What kind of thing gives a row away. Two pieces of evidence of one family say the same thing twice, and
 * count once; two of different families support each other.
 */
export type EvidenceFamily =
  /** Who the row says it is: name, user name, local part of the address. */
  | 'identity'
  /** Where its address leads. */
  | 'domain'
  /** Phone, street, city. */
  | 'contact'
  | 'credential'
  | 'content'
  | 'payment'
  | 'network'
  /** The row says itself that it is a test. */
  | 'flag'
  /** What it shares with other rows. */
  | 'group';

/**
 * - `decisive`: no genuine row has this (`@example.com`)
 * - `strong`: one in thousands has it by accident ("John Doe")
 * - `moderate`: alone it is a reason to look, with another to believe
 * - `weak`: only worth something beside others
 */
export type Strength = 'decisive' | 'strong' | 'moderate' | 'weak';

export interface Judgement {
  readonly strength: Strength;
  /**
   * In words, to follow the name of the column: "is in a domain reserved for examples (RFC 2606)". Never
   * contains the value itself, since it is printed where values are masked; words of a list of ours may.
   */
  readonly says: string;
}

/** The texts of one row, for detectors that compare columns. */
export interface RowText {
  /** The first value that is neither NULL nor empty among the columns of the role. */
  first(role: ColumnRole): string | null;
}

interface Subject {
  /** As stored, without spaces around it, at most {@link LONGEST_VALUE} characters. Never empty. */
  readonly value: string;
  readonly role: ColumnRole;
  /** The name of the column, in lower case. */
  readonly column: string;
  readonly row: RowText;
}

/** Characters. What comes after is not looked at. */
export const LONGEST_VALUE = 500;

/** A pure rule that tells from one value of a row, with the others beside it, that nobody lives behind it. */
export interface Detector {
  /** In kebab case, unique: `reserved-domain`. */
  readonly name: string;
  readonly family: EvidenceFamily;
  readonly wants: readonly ColumnRole[];
  /** Finds every value that {@link judge} has something to say about, and few others. */
  readonly prefilter: Prefilter;
  judge(subject: Subject): Judgement | null;
}
