import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Scores, Share } from './evaluate.ts';

/** What is kept of the scores of a part. */
export interface CommittedScores {
  readonly recall: Scores['recall'];
  readonly flagged: Share;
  readonly proposedAdmins: number;
}

export const SCORES_FILE = join(import.meta.dirname, '../corpora/scores.json');

export function committed({ recall, flagged, proposedAdmins }: Scores): CommittedScores {
  return { recall, flagged, proposedAdmins };
}

/** By part. */
export function readScores(): Readonly<Record<string, CommittedScores>> {
  return JSON.parse(readFileSync(SCORES_FILE, 'utf8')) as Readonly<Record<string, CommittedScores>>;
}
