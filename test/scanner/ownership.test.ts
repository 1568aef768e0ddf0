import { describe, expect, test } from '@jest/globals';

import { judgeOwnership, type OwnedRow, type Owner } from '../../src/scanner/ownership.ts';

const MADE = Date.parse('2024-02-11T10:00:00Z');
const HOUR = 3_600_000;

function owner(more: Partial<Owner> = {}): Owner {
  return {
    table: 'users',
    isSeed: true,
    isAdmin: false,
    isPersonal: true,
    createdAt: MADE,
    ...more,
  };
}

function owned(owners: readonly Owner[], late: number | null = 1000): OwnedRow {
  return { owners, createdAt: late === null ? null : MADE + late };
}

const genuine = owner({ isSeed: false });
const product = owner({ table: 'products', isPersonal: false });

describe('a row belongs to', () => {
  test.each([
    ['the seed user it references', owned([owner()]), 'seed'],
    [
      'the seed user, whoever else is an administrator',
      owned([owner(), owner({ isSeed: false, isAdmin: true })]),
      'seed',
    ],
    [
      'the seed user, whatever else is no person',
      owned([owner(), owner({ isSeed: false, isPersonal: false })]),
      'seed',
    ],
    ['the seed product that nobody has a part in', owned([product]), 'seed'],
    ['the genuine user beside the seed user', owned([owner(), genuine]), 'apart'],
    ['the genuine user of a seed product', owned([product, genuine]), 'apart'],
    ['whoever made it long after', owned([owner()], 400 * 24 * HOUR), 'apart'],
    ['the seed user, where no time is known', owned([owner()], null), 'seed'],
    ['nobody, without owners', owned([]), 'none'],
    ['the genuine user', owned([genuine]), 'none'],
  ])('%s', (_, row, expected) => {
    expect(judgeOwnership([row])).toEqual([expected]);
  });

  test('the seed where times are made up: some rows are older than what they belong to', () => {
    const rows = [-900, -300, 20, 700, 2000].map((hours) => owned([owner()], hours * HOUR));
    expect(judgeOwnership(rows)).toEqual(rows.map(() => 'seed'));
  });
});
