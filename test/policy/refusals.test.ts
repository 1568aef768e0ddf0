import { describe, expect, test } from '@jest/globals';

import { type AccessFacts, checkAccess } from '../../src/policy/access.ts';
import {
  checkConfirmation,
  type EnvironmentFacts,
  isForEnvironment,
} from '../../src/policy/environment.ts';
import { checkNullKeep } from '../../src/policy/null-keep.ts';
import {
  judgeProtectedChanges,
  type ProtectedChangeFacts,
} from '../../src/policy/protected-changes.ts';
import { checkProtectedHits, type ProtectedHit } from '../../src/policy/protected-rows.ts';
import { expectReadable, expectThrown } from './terminal.ts';

/** As long as PostgreSQL lets a name be. */
function longName(n: number): string {
  return `billing.table_${String(n)}_${'x'.repeat(50)}`;
}

describe('rights', () => {
  function access(changes: Partial<AccessFacts> = {}): AccessFacts {
    return { table: 'users', missing: [], hiddenByRowSecurity: false, ...changes };
  }

  test('that suffice are no refusal', () => {
    expect(checkAccess('app', [access(), access({ table: 'payments' })])).toBeNull();
    expect(checkAccess('app', [])).toBeNull();
  });

  test('that are missing are told as the GRANT that gives them', () => {
    const lacking = access({ missing: ['select', 'delete'] });
    const error = expectReadable(checkAccess('app', [lacking, access({ table: 'fine' })]));
    expect(error).toMatchObject({
      code: 'HYG_REFUSED_PRIVILEGES',
      exitCode: 7,
      message: 'Role "app" lacks rights on 1 table.',
      hint: 'grant select, delete on users to "app";',
      details: { role: 'app', lacking: [lacking] },
    });
  });

  test.each([
    ['short', (n: number) => `table_${String(n)}`],
    ['long', longName],
  ])(
    'that are missing on many tables with %s names are cut, and the number left is right',
    (_what, name) => {
      const facts = Array.from({ length: 60 }, (_, n) =>
        access({ table: name(n), missing: ['select', 'delete', 'update'] }),
      );
      const error = expectReadable(checkAccess('hygiene_runner_of_the_shop', facts));
      expect(error.message).toContain('lacks rights on 60 tables');
      const lines = String(error.hint).split('\n');
      expect(lines.at(-1)).toBe(`… and ${String(60 - (lines.length - 1))} more tables`);
      expect(lines.length).toBeGreaterThan(3);
    },
  );

  test('come after row-level security, which would make every count wrong', () => {
    const error = expectReadable(
      checkAccess('app', [
        access({ hiddenByRowSecurity: true }),
        access({ table: 'b', missing: ['delete'] }),
      ]),
    );
    expect(error).toMatchObject({
      code: 'HYG_REFUSED_RLS',
      exitCode: 7,
      details: { role: 'app', tables: ['users'] },
    });
    expect(error.message).toContain('would hide rows of users from role "app"');
    expect(error.hint).toContain('alter role "app" bypassrls;');
  });

  test('hidden by row-level security on many tables are cut', () => {
    const facts = Array.from({ length: 60 }, (_, n) =>
      access({ table: longName(n), hiddenByRowSecurity: true }),
    );
    const error = expectReadable(checkAccess('app', facts));
    expect(error.message).toContain('55 more tables');
    expect(error.details).toMatchObject({ tables: facts.map(({ table }) => table) });
  });
});

describe('a confirmation', () => {
  function environment(changes: Partial<EnvironmentFacts> = {}): EnvironmentFacts {
    return {
      marker: 'production',
      database: 'shop',
      confirmed: null,
      confirmRequired: false,
      ...changes,
    };
  }

  test.each([
    ['nobody marked it', { marker: null }],
    ['it is marked otherwise', { marker: 'staging' }],
    ['it is production, and named', { confirmed: 'shop' }],
    [
      'the config demands it, and it is named',
      { marker: 'staging', confirmRequired: true, confirmed: 'shop' },
    ],
  ])('is not missing when %s', (_what, changes) => {
    expect(checkConfirmation(environment(changes))).toBeNull();
  });

  test('that is missing is asked for with the database', () => {
    const error = expectReadable(checkConfirmation(environment()));
    expect(error).toMatchObject({ code: 'HYG_REFUSED_CONFIRM', exitCode: 7 });
    expect(error.message).toBe(
      'Database "shop" is marked production: `up` needs its name as confirmation.',
    );
    expect(error.hint).toBe('hygiene up --confirm shop   (or HYGIENE_CONFIRM=shop)');
  });

  test('that the config demands elsewhere is asked for too', () => {
    const error = expectReadable(
      checkConfirmation(environment({ marker: 'staging', confirmRequired: true })),
    );
    expect(error.message).toContain('is marked staging');
  });

  test.each(['SHOP', 'shop ', '', 'other'])(
    'of %p is not one of "shop", and both are named',
    (confirmed) => {
      const error = expectReadable(checkConfirmation(environment({ confirmed })));
      expect(error.message).toBe(
        `The confirmation names "${confirmed}", but this is database "shop" (production).`,
      );
      expect(error.hint).toContain('Check the target first.');
      expect(error.details).toEqual({ marker: 'production', database: 'shop', confirmed });
    },
  );
});

describe('a migration', () => {
  test.each([
    [null, null, true],
    [null, 'production', true],
    [['production'], 'production', true],
    [['staging', 'production'], 'production', true],
    [['production'], 'staging', false],
    [['production'], null, false],
    [[], 'production', false],
  ])('for %p is meant for an environment marked %p: %p', (environments, marker, expected) => {
    expect(isForEnvironment(environments, marker)).toBe(expected);
  });
});

describe('a keep predicate', () => {
  test('that is NULL for some rows is refused with both ways out', () => {
    const error = expectReadable(checkNullKeep('purge users', 'keep', 1_234));
    expect(error).toMatchObject({
      code: 'HYG_REFUSED_NULL_KEEP',
      exitCode: 7,
      details: { nullRows: 1_234 },
    });
    expect(error.message).toContain('purge users: the keep predicate is NULL for 1,234 rows');
    expect(error.hint).toMatch(/is not false.*keeps.*is true.*removes/);
  });

  test('that is NULL for none, or a predicate that matches, is not', () => {
    expect(checkNullKeep('purge users', 'keep', 0)).toBeNull();
    expect(checkNullKeep('purge users', 'match', 5)).toBeNull();
  });
});

describe('protected rows', () => {
  function hit(changes: Partial<ProtectedHit> = {}): ProtectedHit {
    return { set: 'admins where true', table: 'admins', rows: 2, effect: 'removed', ...changes };
  }

  test('that a selection does not touch are no refusal', () => {
    expect(checkProtectedHits('purge users', [])).toBeNull();
    expect(checkProtectedHits('purge users', [hit({ rows: 0 })])).toBeNull();
  });

  test('that it touches are counted by set, without the sets that it leaves alone', () => {
    const hits = [
      hit(),
      hit({ table: 'b', set: 'b where c = ?', rows: 1_000, effect: 'changed' }),
      hit({ rows: 0 }),
    ];
    const error = expectReadable(checkProtectedHits('purge users', hits));
    expect(error).toMatchObject({
      code: 'HYG_REFUSED_PROTECTED',
      exitCode: 7,
      details: { hits: hits.slice(0, 2) },
    });
    expect(error.message).toBe(
      [
        'purge users touches protected rows:',
        '  admins: 2 protected rows would be removed (admins where true)',
        '  b: 1,000 protected rows would be changed (b where c = ?)',
      ].join('\n'),
    );
  });

  test('in many sets are cut, and the number left is right', () => {
    const hits = Array.from({ length: 20 }, (_, n) =>
      hit({ table: longName(n), set: `${longName(n)} where role = ?` }),
    );
    const error = expectReadable(checkProtectedHits('purge users', hits));
    const lines = error.message.split('\n');
    expect(lines.at(-1)).toBe(`  and ${String(20 - (lines.length - 2))} more sets`);
    expect(lines.length).toBeGreaterThan(3);
  });
});

describe('a protected row that changed meanwhile', () => {
  function facts(changes: Partial<ProtectedChangeFacts> = {}): ProtectedChangeFacts {
    const none = { changedByUs: 0, gone: 0, changedByOthers: 0, unannouncedChanges: 0 };
    return { set: 'admins where true', table: 'admins', ...none, ...changes };
  }

  test('not at all is nothing to speak of', () => {
    expect(judgeProtectedChanges([facts(), facts({ unannouncedChanges: 3 })])).toEqual([]);
  });

  test('by us fails the run', () => {
    const error = expectThrown(() => judgeProtectedChanges([facts({ changedByUs: 2 })]));
    expect(error).toMatchObject({
      code: 'HYG_RUN_PROTECTED_CHANGED',
      exitCode: 1,
      details: { changedByUs: 2 },
    });
    expect(error.message).toBe(
      'The migration changed protected rows of admins (admins where true): 2 changed, 0 removed.',
    );
  });

  test('by others is told, not blamed', () => {
    expect(judgeProtectedChanges([facts({ changedByOthers: 1, gone: 2 })])).toEqual([
      '3 protected rows of admins were changed meanwhile by other sessions.',
    ]);
  });

  test('and is gone is ours when we did more in its table than was announced', () => {
    const error = expectThrown(() =>
      judgeProtectedChanges([facts({ gone: 2, unannouncedChanges: 1 })]),
    );
    expect(error.message).toContain('0 changed, 2 removed');
  });

  test('fails the run also when an earlier set only has a remark', () => {
    const sets = [facts({ changedByOthers: 1 }), facts({ table: 'users', changedByUs: 1 })];
    expect(expectThrown(() => judgeProtectedChanges(sets)).message).toContain(
      'protected rows of users',
    );
  });
});
