import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { id, renderSql, sql } from '../../../src/kernel/sql.ts';
import type { ColumnRole } from '../../../src/scanner/column-role.ts';
import { allDetectors } from '../../../src/scanner/detectors/all-detectors.ts';
import { mergePrefilters } from '../../../src/scanner/detectors/prefilter.ts';
import { maySay } from '../../../src/scanner/prefilter-sql.ts';
import { useDatabase } from '../../support/database.ts';
import { readPart } from '../corpus/corpus-case.ts';

const database = useDatabase();

/** Every text of the corpus, whatever its column: a detector must not depend on being asked the right one. */
const TEXTS = [
  ...new Set(
    readPart(join(import.meta.dirname, '../corpora/development')).flatMap(({ tables }) =>
      tables.flatMap(({ rows }) =>
        rows.flatMap(([, ...values]) =>
          values.filter((each): each is string => typeof each === 'string' && each.trim() !== ''),
        ),
      ),
    ),
  ),
];

const nobody = { first: () => null };

describe('a prefilter', () => {
  test.each(allDetectors.map((detector) => [detector.name, detector] as const))(
    'of %s finds in PostgreSQL what its detector objects to',
    async (_, { prefilter, wants, judge }) => {
      const condition = maySay(sql`${id('value')}`, mergePrefilters([prefilter]));
      if (condition === null) throw new Error('it finds nothing');
      const role = wants[0]!;
      const objected = TEXTS.filter(
        (value) => judge({ value: value.trim(), role, column: 'x', row: nobody }) !== null,
      );
      const { text, values } = renderSql(sql`
        select value from unnest(${objected}::text[]) as value where ${condition}`);
      const found = await database.query<{ value: string }>(text, values);
      const kept = new Set(found.map(({ value }) => value));
      expect(objected.filter((value) => !kept.has(value))).toEqual([]);
    },
  );

  test('is of little use where it finds much', async () => {
    const shares: (readonly [string, number])[] = [];
    for (const { name, prefilter } of allDetectors) {
      const condition = maySay(sql`${id('value')}`, mergePrefilters([prefilter])) ?? sql`true`;
      const { text, values } = renderSql(sql`
        select count(*)::int as found from unnest(${TEXTS}::text[]) as value where ${condition}`);
      const [row] = await database.query<{ found: number }>(text, values);
      shares.push([name, (row?.found ?? 0) / TEXTS.length]);
    }
    expect(shares.filter(([, share]) => share > 0.25)).toEqual([]);
  });
});
