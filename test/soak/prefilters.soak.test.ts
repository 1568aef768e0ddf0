import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { id, renderSql, sql } from '../../src/kernel/sql.ts';
import { allDetectors } from '../../src/scanner/detectors/all-detectors.ts';
import type { Detector } from '../../src/scanner/detectors/detector.ts';
import { mergePrefilters } from '../../src/scanner/detectors/prefilter.ts';
import { maySay } from '../../src/scanner/prefilter-sql.ts';
import { useDatabase } from '../support/database.ts';
import { readPart } from '../scanner/corpus/corpus-case.ts';

const database = useDatabase();

/** Every text of the corpus, whatever its column: a detector must not depend on being asked the right one. */
const TEXTS = [
  ...new Set(
    readPart(join(import.meta.dirname, '../scanner/corpora/development')).flatMap(({ tables }) =>
      tables.flatMap(({ rows }) =>
        rows.flatMap(([, ...values]) =>
          values.filter((each): each is string => typeof each === 'string' && each.trim() !== ''),
        ),
      ),
    ),
  ),
];

const nobody = { first: () => null };

/** Those that the condition holds for. */
async function found(
  detector: Detector,
  texts: readonly string[],
  isInCluster = false,
): Promise<readonly string[]> {
  const prefilter = mergePrefilters([detector.prefilter], () => true);
  const condition = maySay(sql`${id('value')}`, prefilter, isInCluster);
  if (condition === null) throw new Error(`the prefilter of ${detector.name} finds nothing`);
  const { text, values } = renderSql(sql`
    select value from unnest(${texts}::text[]) as value where ${condition}`);
  const rows = await database.query<{ value: string }>(text, values);
  return rows.map(({ value }) => value);
}

function objected(detector: Detector): readonly string[] {
  const [role = 'text'] = detector.wants;
  return TEXTS.filter(
    (value) => detector.judge({ value: value.trim(), role, column: 'x', row: nobody }) !== null,
  );
}

describe('a prefilter', () => {
  test.each(allDetectors.map((detector) => [detector.name, detector] as const))(
    'of %s finds in PostgreSQL what its detector objects to',
    async (_, detector) => {
      const texts = objected(detector);
      const kept = new Set(await found(detector, texts));
      expect(texts.filter((value) => !kept.has(value))).toEqual([]);
    },
  );

  test('of any words finds the same in the tables of a cluster', async () => {
    const looking = allDetectors.filter(
      ({ prefilter }) => mergePrefilters([prefilter], () => true).words.length > 0,
    );
    expect(looking.length).toBeGreaterThan(0);
    for (const detector of looking) {
      const texts = [...objected(detector), ...TEXTS.slice(0, 500)];
      expect(await found(detector, texts, true)).toEqual(await found(detector, texts));
    }
  });

  test.each(allDetectors.map((detector) => [detector.name, detector] as const))(
    'of %s leaves out most of what there is',
    async (_, detector) => {
      expect((await found(detector, TEXTS)).length).toBeLessThan(TEXTS.length / 4);
    },
  );
});
