import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { numberedSeries } from '../../../src/scanner/groups/numbered-series.ts';
import { type DatedRow, seedRunMembers } from '../../../src/scanner/groups/seed-runs.ts';

function values(texts: readonly string[]): Parameters<typeof numberedSeries>[0] {
  return texts.map((value, at) => ({ key: String(at), value }));
}

describe('a numbered series', () => {
  test.each([
    ['customers from 1', ['Customer 1', 'Customer 2', 'Customer 3', 'Customer 4', 'Customer 5']],
    ['addresses from 0', [0, 1, 2, 3, 4].map((n) => `loaduser${String(n)}@brand.io`)],
    ['one with a gap', [1, 2, 4, 5, 6].map((n) => `u${String(n)}@brand.io`)],
  ])('is found: %s', (_, texts) => {
    const [series, ...more] = numberedSeries(values(texts));
    expect(more).toEqual([]);
    expect(series?.keys).toEqual(texts.map((_text, at) => String(at)));
  });

  test.each([
    ['four', [1, 2, 3, 4].map((n) => `u${String(n)}@brand.io`)],
    ['years of birth', [1961, 1974, 1974, 1980, 1988, 1990].map((n) => `anna${String(n)}@gmx.de`)],
    ['a late start', [41, 42, 43, 44, 45, 46].map((n) => `desk${String(n)}@hotel.com`)],
    ['numbers alone', ['1', '2', '3', '4', '5', '6']],
    ['many gaps', [1, 9, 17, 25, 33, 41].map((n) => `u${String(n)}@brand.io`)],
  ])('is none: %s', (_, texts) => {
    expect(numberedSeries(values(texts))).toEqual([]);
  });

  test('does not depend on the order of the rows', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 30 });
    fc.assert(
      fc.property(numbers, fc.infiniteStream(fc.nat()), (each, keys) => {
        const rows = values(each.map((n) => `seed${String(n)}@brand.io`));
        const shuffled = rows
          .map((row) => ({ row, by: keys.next().value as number }))
          .sort((a, b) => a.by - b.by)
          .map(({ row }) => row);
        const found = (of: typeof rows): readonly string[] =>
          numberedSeries(of)
            .flatMap((series) => series.keys)
            .sort();
        expect(found(shuffled)).toEqual(found(rows));
      }),
    );
  });
});

const START = Date.parse('2024-02-11T10:00:02.5Z');

/** Rows some milliseconds apart; `s` is a seed row, `?` one of which nothing is known. */
function run(pattern: string, apart = 100, start = START): readonly DatedRow[] {
  return Array.from(pattern, (char, at) => ({
    key: String(at),
    createdAt: start + at * apart,
    isSeed: char === 's',
  }));
}

describe('a seed run', () => {
  test('has those in it that were made between seed rows', () => {
    expect([...seedRunMembers(run('s?ss?'))]).toEqual([
      ['1', 'strong'],
      ['4', 'strong'],
    ]);
  });

  test.each([
    ['an import with a few of them', run('ss????????????????????')],
    ['one seed row', run('s?')],
    ['rows a minute apart', run('s?ss?', 60_000)],
    ['times of a day only', run('s?ss???', 0, Date.parse('2024-02-11T00:00:00Z'))],
  ])('is none: %s', (_, rows) => {
    expect(seedRunMembers(rows).size).toBe(0);
  });

  test('never names a row that is known already, nor one that was not given', () => {
    const row = fc.record({
      createdAt: fc.integer({ min: 0, max: 20_000 }),
      isSeed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (given) => {
        const rows = given.map((each, at) => ({ ...each, key: String(at) }));
        const open = new Set(rows.filter(({ isSeed }) => !isSeed).map(({ key }) => key));
        expect([...seedRunMembers(rows).keys()].filter((key) => !open.has(key))).toEqual([]);
      }),
    );
  });
});
