import { expect, test } from '@jest/globals';

import { spaceLines } from '../../src/report/space.ts';
import type { SpaceReport, TableLeftover } from '../../src/runner/after-commit.ts';

const MB = 1024 * 1024;

function leftover(table: string, changes: Partial<TableLeftover> = {}): TableLeftover {
  return {
    table,
    analyzed: true,
    tableBytes: 35 * MB,
    indexBytes: 12 * MB,
    deadBytes: 31 * MB,
    rewritten: false,
    autovacuumOff: null,
    ...changes,
  };
}

function linesOf(report: Partial<SpaceReport>): string[] {
  return spaceLines({ tables: [], blockers: [], notes: [], ...report });
}

test('five tables are shown, and how many more there are', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const lines = linesOf({ tables: names.map((name) => leftover(name)) });
  expect(lines.slice(0, 7)).toEqual([
    'space  on disk  indexes    dead rows',
    ...['a', 'b', 'c', 'd', 'e'].map((name) => `${name}        35 MB    12 MB  about 31 MB`),
    'and 2 smaller tables',
  ]);
  expect(lines).toHaveLength(10);
});

test('of tables that were rewritten there is nothing to vacuum', () => {
  const rewritten = {
    rewritten: true,
    deadBytes: 0,
    tableBytes: 8192,
    autovacuumOff: 'table',
  } as const;
  expect(linesOf({ tables: [leftover('users', rewritten)] })).toEqual([
    'space  on disk  indexes         dead rows',
    'users   8.0 kB    12 MB  returned already',
  ]);
});

test('each kind of holder is named with its age, three of them', () => {
  const blockers = [
    {
      kind: 'session',
      name: '4711',
      about: 'psql, admin, idle in transaction',
      ageSeconds: 10_800,
    },
    { kind: 'prepared transaction', name: 'pay-17', about: 'app', ageSeconds: 300 },
    { kind: 'replication slot', name: 'old_replica', about: 'nobody reads it', ageSeconds: null },
    { kind: 'session', name: '4712', about: null, ageSeconds: null },
  ] as const;
  expect(linesOf({ tables: [leftover('users')], blockers }).slice(-3)).toEqual([
    'note: no VACUUM can free these rows while an older snapshot is held: session 4711 (psql, admin,',
    '  idle in transaction, for 3.0 h); prepared transaction "pay-17" (app, for 5 min); replication',
    '  slot "old_replica" (nobody reads it); and 1 more.',
  ]);
  expect(linesOf({ blockers: [blockers[3]] }).at(-1)).toMatch(/is held: session 4712\.$/);
});

test('notes are told also where no table could be read', () => {
  expect(linesOf({ notes: ['the space of users: gone'] })).toEqual([
    'note: the space of users: gone',
  ]);
});

test('where autovacuum is off is told with the line to run', () => {
  const off = (where: 'table' | 'server'): Partial<TableLeftover> => ({ autovacuumOff: where });
  const own = [leftover('a', off('table')), leftover('b'), leftover('c', off('table'))];
  expect(linesOf({ tables: own }).at(-1)).toBe(
    'note: autovacuum is off for a, c: the space is free only after VACUUM a, c;',
  );
  expect(
    linesOf({ tables: [leftover('a', off('table')), leftover('b', off('server'))] }).at(-1),
  ).toBe('note: autovacuum is off on this server: the space is free only after VACUUM a, b;');
});
