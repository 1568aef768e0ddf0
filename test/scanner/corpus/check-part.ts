import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { freshDatabase } from '../../support/database.ts';
import { createProject } from '../../support/project.ts';
import { readScores } from './committed-scores.ts';
import { type CorpusCase, readPart } from './corpus-case.ts';
import { evaluate, rate, type Scores, summed } from './evaluate.ts';
import { loadCase } from './load-case.ts';
import { missLines } from './render-scores.ts';
import { scanCase } from './scan-case.ts';

/** Of unseen data: from which share on, and up to which. */
const LEAST = { text: 0.95, password: 0.9, group: 0.6, 'admin:default': 1 } as const;
const MOST_FLAGGED = 0.002;

/** Three times what the cases need where nothing else runs: beside other tests a machine is slower. */
const PASSWORD_SECONDS = 60;

type Label = keyof typeof LEAST;
const labels = Object.keys(LEAST) as readonly Label[];

interface PartScan {
  /** Seconds for passwords; 0: none is tried, and nothing is expected of what only they give away. */
  readonly passwordTime: number;
  readonly labels: readonly Label[];
}

/** Without passwords, which take as long as the machine is slow: what `npm test` has time for. */
export function checkTexts(part: string): void {
  describe(`the scan of the ${part} corpus, passwords aside`, () => {
    barsOf(part, { passwordTime: 0, labels: ['text', 'group'] });
  });
}

/** Scans every case of a part, and holds the scores against the bars and against those that are committed. */
export function checkPart(part: string): void {
  describe(`the scan of the ${part} corpus`, () => {
    const scoresNow = barsOf(part, { passwordTime: PASSWORD_SECONDS, labels });

    test('is no worse than it was', () => {
      const scores = scoresNow();
      const before = readScores()[part];
      if (before === undefined) throw new Error(`scores.json has no part ${part}`);
      for (const label of labels) {
        expect([label, scores.recall[label].of]).toEqual([label, before.recall[label].of]);
        const misses = part === 'held-out' ? [] : missLines(scores);
        expect({ label, hits: scores.recall[label].hits, misses }).toEqual({
          label,
          hits: Math.max(scores.recall[label].hits, before.recall[label].hits),
          misses,
        });
      }
      expect(scores.flagged.hits).toBeLessThanOrEqual(before.flagged.hits);
    });
  });
}

/** @returns the scores, once the tests run */
function barsOf(part: string, { passwordTime, labels: expected }: PartScan): () => Scores {
  let scores: Scores;

  beforeAll(async () => {
    const all: Scores[] = [];
    for (const each of readPart(join(import.meta.dirname, '../corpora', part))) {
      all.push(await scoresOf(each, passwordTime));
    }
    scores = summed(all);
  }, 1_800_000);

  test.each(expected)('finds enough of the rows that are labelled %s', (label) => {
    expect(rate(scores.recall[label])).toBeGreaterThanOrEqual(LEAST[label]);
  });

  test('leaves genuine rows alone', () => {
    expect(rate(scores.flagged)).toBeLessThanOrEqual(MOST_FLAGGED);
  });

  test('proposes no administrator for removal', () => {
    expect(scores.proposedAdmins).toBe(0);
  });
  return () => scores;
}

async function scoresOf(corpusCase: CorpusCase, passwordTime: number): Promise<Scores> {
  const database = await freshDatabase();
  await loadCase(database, corpusCase);
  const found = await scanCase(database, createProject(), passwordTime);
  await database.drop();
  return evaluate(corpusCase, found);
}
