import { describe, expect, test } from '@jest/globals';

import { rowName } from '../../src/report/scan-groups.ts';

describe('a row is named', () => {
  test.each([
    { how: 'by its key', key: ['id'], value: 17, name: 'id 17' },
    { how: 'by a text', key: ['code'], value: 'a "b"', name: String.raw`code "a \"b\""` },
    {
      how: 'by all columns of its key',
      key: ['customer', 'no'],
      value: { customer: 'a1', no: 2 },
      name: '(customer "a1", no 2)',
    },
    { how: 'by its place, where it has no key', key: null, value: '(0,1)', name: 'ctid "(0,1)"' },
  ])('$how', ({ key, value, name }) => {
    expect(rowName(key, value)).toBe(name);
  });
});
