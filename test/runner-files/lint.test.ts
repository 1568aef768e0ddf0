import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { lint } from '../../src/app/lint.ts';
import { nodeFileSystem } from '../../src/runner/file-system.ts';
import { createImporter } from '../../src/runner/importer.ts';
import { projectFolder } from './project-folder.ts';

const ID = '20260112090000_purge';
const importer = createImporter();
const lintIn = (dir: string) => lint({ fs: nodeFileSystem, dir, importer });

interface Parts {
  readonly predicate?: string;
  readonly up?: string;
  readonly verify?: string;
  readonly extra?: string;
}

/** A migration without fault, but for the parts that a test gives. */
function migration(parts: Parts = {}): string {
  const {
    predicate = 'demo',
    up = 'purge(demo, { budget: { max: 5 } })',
    verify = 'async verify({ expect }) { await expect.none(demo); }',
    extra = '',
  } = parts;
  return `import { defineHygiene, purge, rows, scrub, sql } from 'pg-hygiene';
    const demo = rows('users', sql\`${predicate}\`);
    const shared = async (made) => made.clean();
    export default defineHygiene({ description: 'Remove demo accounts', up: ${up}, ${verify}, ${extra} });`;
}

const lintOf = (parts: Parts) => lintIn(projectFolder({ [`${ID}.ts`]: migration(parts) }));
const sqlPair = (up: string) => ({
  [`${ID}.up.sql`]: `-- description: Remove old logs\n-- irreversible: old\n-- budget: max 5\n${up}`,
  [`${ID}.verify.sql`]: 'select 1 from logs where old',
});

test('a migration without fault gives no finding', async () => {
  expect(await lintOf({})).toEqual({ migrations: 1, problems: [], warnings: [] });
});

test('all problems of all files are told, not only the first', async () => {
  const report = await lintIn(
    projectFolder({
      '20260101000000_a.ts': 'let = ;',
      '20260102000000_b.ts': 'export default 1;',
      '20260103000000_c.ts': migration({ up: '[]' }),
      '20260104000000_d.ts': migration(),
      '20260104000000_e.ts': migration(),
      '20260105000000_f.up.sql': 'select 1',
      '20260106000000_g.up.sql': 'commit',
      '20260106000000_g.verify.sql': 'select 1',
      'x/20260107000000_h.ts': 'let = ;',
      '2026_i.ts': '',
      ...sqlPair('delete from logs where old'),
    }),
  );
  expect(report.migrations).toBe(5);
  expect(report.problems.map(({ file, code }) => [file, code])).toEqual([
    ['2026_i.ts', 'HYG_LOAD_BAD_NAME'],
    ['20260104000000_d.ts, 20260104000000_e.ts', 'HYG_LOAD_DUPLICATE'],
    ['20260105000000_f.up.sql', 'HYG_LOAD_INCOMPLETE_PAIR'],
    ['20260101000000_a.ts', 'HYG_LOAD_BROKEN_FILE'],
    ['20260102000000_b.ts', 'HYG_LOAD_NOT_A_MIGRATION'],
    ['20260103000000_c.ts', 'HYG_LOAD_INVALID'],
    ['20260106000000_g.up.sql', 'HYG_RUN_TRANSACTION_CONTROL'],
  ]);
  expect(report.problems.every(({ hint }) => hint !== null)).toBe(true);
  expect(report.warnings).toEqual([]);
});

test('a directory that is missing is a problem', async () => {
  const { problems } = await lintIn(join(projectFolder(), 'nowhere'));
  expect(problems).toEqual([expect.objectContaining({ code: 'HYG_LOAD_NO_DIRECTORY' })]);
});

test('a directory without migrations is worth a warning', async () => {
  const { problems, warnings } = await lintIn(projectFolder({ 'config.ts': '' }));
  expect(problems).toEqual([]);
  expect(warnings).toEqual([expect.objectContaining({ code: 'no-migrations' })]);
});

describe('a verify that proves nothing is a problem', () => {
  test.each([
    'async verify({ expect }) {}',
    'async verify() {}',
    'verify: () => undefined',
    'async verify({ db }) { await db("users").count(); }',
    'async verify({ expect }) { /* await expect.none(demo); */ }',
    'async verify({ expect }) {\n // await expect.none(demo);\n }',
    'async verify({ expect: check }) { }',
    'verify: async (context) => {}',
    'verify: async function ({ expect = undefined }) { return 1; }',
  ])('such as %s', async (verify) => {
    const { problems } = await lintOf({ verify });
    expect(problems).toEqual([
      expect.objectContaining({ code: 'HYG_VERIFY_EMPTY', file: `${ID}.ts` }),
    ]);
  });

  test.each([
    'verify: ({ expect }) => expect.clean()',
    'async verify(context) { await context.expect.clean(); }',
    'verify: async context => { await shared(context.expect); }',
    'async verify(context) { await shared(context); }',
    'async verify({ expect }) { await shared(expect); }',
    'async verify({ expect: check }) { await check.clean(); }',
    'async verify({ expect: $ }) { await $.clean(); }',
    'verify: shared',
    'verify: shared.bind(null)',
    'async verify({ expect }) { const url = "http://x"; await expect.clean(); }',
  ])('but not %s', async (verify) => {
    expect((await lintOf({ verify })).problems).toEqual([]);
  });
});

describe('a step that may change any number of rows is worth a warning', () => {
  test.each([
    ['a purge without budget', 'purge(demo)'],
    ['a purge without maximum', 'purge(demo, { budget: { maxShare: 0.5 } })'],
    ['a scrub without budget', 'scrub(demo, { set: { phone: null } })'],
  ])('%s', async (_, up) => {
    const { warnings } = await lintOf({ up });
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'no-budget-max', file: `${ID}.ts` }),
    ]);
  });
});

describe('a guard that cannot be a CHECK is worth a warning', () => {
  const up = 'purge(demo, { guard: true, budget: { max: 5 } })';
  test.each([
    ['a subquery', 'id in (select id from bots)'],
    ['now()', "created_at < now() - interval '1 day'"],
    ['random()', 'random () < 0.5'],
    ['current_date', 'born > CURRENT_DATE'],
    ['current_setting()', "tenant = current_setting('app.tenant')"],
  ])('because of %s', async (cause, predicate) => {
    const { warnings } = await lintOf({ up, predicate });
    expect(warnings).toEqual([expect.objectContaining({ code: 'guard-not-expressible' })]);
    expect(warnings[0]?.message).toContain(cause);
  });

  test.each([
    "email like '%select%' or note = 'now()'",
    'selected and nowhere',
    '"select" or "now" is null',
    'true -- select now()',
  ])('but not %s', async (predicate) => {
    expect((await lintOf({ up, predicate })).warnings).toEqual([]);
  });

  test('and what the guard itself names counts, not the purge; a trigger may say anything', async () => {
    const predicate = 'created_at < now()';
    const own = 'purge(demo, { guard: sql`email is null`, budget: { max: 5 } })';
    const trigger = "purge(demo, { guard: { as: 'trigger' }, budget: { max: 5 } })";
    for (const each of [own, trigger]) {
      expect((await lintOf({ up: each, predicate })).warnings).toEqual([]);
    }
    const volatile = 'purge(demo, { guard: sql`born > now()`, budget: { max: 5 } })';
    const { warnings } = await lintOf({ up: volatile });
    expect(warnings).toEqual([
      expect.objectContaining({ hint: expect.stringContaining("guard: { as: 'trigger' }") }),
    ]);
  });

  test('but no guard needs no CHECK', async () => {
    expect((await lintOf({ predicate: 'created_at < now()' })).warnings).toEqual([]);
  });
});

describe('SQL that changes a whole table is worth a warning', () => {
  test.each([
    'delete from logs',
    'DELETE FROM ONLY logs;',
    'update users set phone = null',
    'with gone as (delete from logs returning *) select count(*) from gone',
    "delete from logs -- where old\n; select 'x where y'",
  ])('in an SQL pair: %s', async (up) => {
    const { warnings } = await lintIn(projectFolder(sqlPair(up)));
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'change-without-where', file: `${ID}.up.sql` }),
    ]);
  });

  test('in an sql step', async () => {
    const extra = `irreversible: 'worthless', budget: { max: 5 }`;
    const { problems, warnings } = await lintOf({ up: 'sql`delete from logs`', extra });
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.objectContaining({ code: 'change-without-where' })]);
  });

  test.each([
    'delete from logs where true',
    "select 'delete from logs'",
    'insert into a select 1 on conflict do update set b = 1',
  ])('but not %s', async (up) => {
    expect((await lintIn(projectFolder(sqlPair(up)))).warnings).toEqual([]);
  });
});

describe('two backslashes in a row are worth a warning, since a template keeps both', () => {
  const doubled = String.raw`email ~ '@example\\.com$'`;

  test.each([
    ['a purge', { predicate: doubled }],
    [
      'a scrub',
      { predicate: doubled, up: 'scrub(demo, { set: { phone: null }, budget: { max: 5 } })' },
    ],
    [
      'an sql step',
      {
        up: `sql\`delete from users where ${doubled}\``,
        extra: "irreversible: 'x', budget: { max: 5 }",
      },
    ],
  ])('in %s', async (_where, parts) => {
    const { problems, warnings } = await lintOf(parts);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.objectContaining({ code: 'doubled-backslash' })]);
  });

  test('but one is not', async () => {
    const predicate = String.raw`email ~ '@example\.com$'`;
    expect((await lintOf({ predicate })).warnings).toEqual([]);
  });
});
