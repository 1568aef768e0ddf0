import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { parseMigrationId, snakeName, versionAt } from '../../src/kernel/migration-id.ts';

describe('a migration id', () => {
  test('has a version and a name', () => {
    expect(parseMigrationId('20260112090000_purge_demo_users')).toEqual({
      version: '20260112090000',
      name: 'purge_demo_users',
    });
    expect(parseMigrationId('20260112090000_2fa')).toEqual({
      version: '20260112090000',
      name: '2fa',
    });
  });

  test.each([
    '',
    'purge_users',
    '20260112090000',
    '20260112090000_',
    '20260112090000__x',
    '2026011209000_short',
    '202601120900000_long',
    '20260112090000-dash',
    '20260112090000_Capital',
    '20260112090000_a.b',
    '20260112090000_x\n',
    ' 20260112090000_x',
    '２0260112090000_x',
  ])('is not %p', (text) => {
    expect(parseMigrationId(text)).toBeNull();
  });

  test('is what a time and a name make, whatever they are', () => {
    const time = fc.date({
      min: new Date('1000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(time, fc.string(), (when, text) => {
        const name = snakeName(text);
        fc.pre(name !== '');
        expect(parseMigrationId(`${versionAt(when)}_${name}`)).toEqual({
          version: versionAt(when),
          name,
        });
      }),
    );
  });
});

describe('the version', () => {
  test('is the UTC time to the second, in digits that sort like time', () => {
    expect(versionAt(new Date('2026-01-12T09:05:03.999Z'))).toBe('20260112090503');
    expect(versionAt(new Date('2026-01-12T01:00:00+02:00'))).toBe('20260111230000');
  });
});

describe('the name', () => {
  test.each([
    ['purge Demo-users', 'purge_demo_users'],
    ['purgeDemoUsers', 'purge_demo_users'],
    ['  __Purge!!  ', 'purge'],
    ['step2Of3', 'step2_of3'],
    ['häßlich', 'h_lich'],
    ['用户', ''],
    ['---', ''],
  ])('of %p is %p', (text, name) => {
    expect(snakeName(text)).toBe(name);
  });

  test('of a name is that name', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(snakeName(snakeName(text))).toBe(snakeName(text));
      }),
    );
  });
});
