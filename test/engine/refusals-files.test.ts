import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, test } from '@jest/globals';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, purgeDemoUsers, Workbench } from './workbench.ts';
import { contents, events, expectRefused } from './witness.ts';

const FIRST = '20260101000000_purge_demo_users';
const SECOND = '20260102000000_purge_old_reports';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url).write(`${FIRST}.ts`, purgeDemoUsers());
});

const purgeReports = migration({ up: "purge(rows('reports', sql`id % 2 = 0`))" });

describe('files that do not fit the ledger', () => {
  const applied = ['started', 'applied'];

  test('an applied migration that was edited stops everything', async () => {
    await bench.up();
    bench.write(`${FIRST}.ts`, purgeDemoUsers({ verify: 'await expect.none(demoUsers);' }));
    bench.write(`${SECOND}.ts`, purgeReports);
    await expectRefused(
      { bench, database },
      { code: 'HYG_INTEGRITY_EDITED', exit: 5, says: [FIRST, 'git log'], ledger: applied },
    );
  });

  test('a helper that an applied migration imports may not be edited either', async () => {
    const helper =
      "import { rows, sql } from 'pg-hygiene';\nexport const chosen = rows('reports', sql`id < 50`);\n";
    bench.remove(`${FIRST}.ts`).write('chosen-rows.ts', helper);
    bench.write(
      `${SECOND}.ts`,
      migration({ before: "import { chosen } from './chosen-rows.ts';", up: 'purge(chosen)' }),
    );
    await bench.up();
    bench.write('chosen-rows.ts', helper.replace('50', '60'));
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_INTEGRITY_EDITED',
        exit: 5,
        says: [SECOND, 'one that it imports'],
        ledger: applied,
      },
    );
  });

  test('line endings and a byte order mark are no edit', async () => {
    await bench.up();
    bench.write(`${FIRST}.ts`, `\uFEFF${purgeDemoUsers().replaceAll('\n', '\r\n')}`);
    const again = await bench.up();
    expect(again.selected.applied).toEqual([FIRST]);
    expect(again.results).toEqual([]);
  });

  test('the file of an applied migration that is missing stops everything', async () => {
    await bench.up();
    bench.remove(`${FIRST}.ts`).write(`${SECOND}.ts`, purgeReports);
    await expectRefused(
      { bench, database },
      { code: 'HYG_INTEGRITY_MISSING', exit: 5, says: [FIRST, '--dir'], ledger: applied },
    );
  });

  describe('a file older than the newest applied one', () => {
    const LATE = '20251231000000_purge_reports';

    beforeEach(async () => {
      await bench.up();
      bench.write(`${LATE}.ts`, purgeReports);
    });

    test('stops everything, and the message names both and the ways on', async () => {
      await expectRefused(
        { bench, database },
        {
          code: 'HYG_INTEGRITY_OUT_OF_ORDER',
          exit: 5,
          says: [LATE, FIRST, '--exec-order non-linear', 'linear-skip'],
          ledger: applied,
        },
      );
    });

    test('is applied when the order does not matter', async () => {
      const report = await bench.up({ execOrder: 'non-linear' });
      expect(report.results.map(({ id, outcome }) => [id, outcome.kind])).toEqual([
        [LATE, 'applied'],
      ]);
    });

    test('is left out on request, and what is newer still runs', async () => {
      bench.write(`${SECOND}.ts`, purgeReports);
      const report = await bench.up({ execOrder: 'linear-skip' });
      expect(report.selected.leftOut).toEqual([LATE]);
      expect(report.results.map(({ id, outcome }) => [id, outcome.kind])).toEqual([
        [SECOND, 'applied'],
      ]);
    });
  });
});

describe('files that are no complete migration', () => {
  test('a migration without verify is refused before anything is asked of the database', async () => {
    bench.write(
      `${SECOND}.ts`,
      "import { defineHygiene, purge, rows, sql } from 'pg-hygiene';\n" +
        "export default defineHygiene({ description: 'Remove old reports', up: purge(rows('reports', sql`true`)) });\n",
    );
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_LOAD_NO_VERIFY',
        exit: 2,
        says: [SECOND, 'verify', 'async verify({ expect })'],
        ledger: [],
      },
    );
  });

  test('a file with a syntax error is told with its line', async () => {
    bench.write(
      `${SECOND}.ts`,
      "import { sql } from 'pg-hygiene';\nexport default defineHygiene({ description: \n",
    );
    await expectRefused(
      { bench, database },
      { code: 'HYG_LOAD_BROKEN_FILE', exit: 2, says: [SECOND, 'hygiene lint'], ledger: [] },
    );
  });

  test('an sql step without a budget and without a reason is refused, with both problems at once', async () => {
    bench.write(`${SECOND}.ts`, migration({ up: 'sql`delete from reports`' }));
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_LOAD_INVALID',
        exit: 2,
        says: ['irreversible is missing', 'budget is missing'],
        ledger: [],
      },
    );
  });

  test('an SQL pair that commits is refused before it is sent', async () => {
    bench.remove(`${FIRST}.ts`);
    bench.write(
      `${SECOND}.up.sql`,
      '-- description: Remove old reports\n-- irreversible: they are worthless\n-- budget: max 1000\n' +
        'delete from reports;\ncommit;\n',
    );
    bench.write(`${SECOND}.verify.sql`, 'select from reports;\n');
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_TRANSACTION_CONTROL',
        exit: 1,
        says: ['commit', `${SECOND}.up.sql`],
        ledger: [],
      },
    );
  });
});

describe('verify', () => {
  test('that makes no check is refused, and nothing is kept', async () => {
    bench.write(`${FIRST}.ts`, purgeDemoUsers({ verify: 'void expect;' }));
    await expectRefused(
      { bench, database },
      { code: 'HYG_VERIFY_EMPTY', exit: 4, says: [FIRST, 'expect.none'] },
    );
  });

  test('that fails names expected and found, and the removal is rolled back', async () => {
    bench.write(
      `${FIRST}.ts`,
      purgeDemoUsers({
        verify: "await expect.none(demoUsers); await expect.atLeast('admins', 2);",
      }),
    );
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_VERIFY_FAILED',
        exit: 4,
        says: ['1 of the checks', 'at least 2 rows', 'found 1 row'],
      },
    );
  });

  test('that throws is told in the words of its author', async () => {
    bench.write(`${FIRST}.ts`, purgeDemoUsers({ verify: "throw new Error('the moon is wrong');" }));
    await expectRefused(
      { bench, database },
      { code: 'HYG_VERIFY_ERROR', exit: 4, says: [/verify threw: .*the moon is wrong/] },
    );
  });

  test.each([
    ['through expect.sql', 'await expect.sql(sql`delete from reports returning id`);'],
    [
      'through expect.sql with a function',
      "await expect.sql(sql`select setval('reports_id_seq', 1)`, { equals: 1 });",
    ],
    ['through db', "await expect.none(demoUsers); await db('reports').del();"],
  ])('that writes %s is refused', async (_, verify) => {
    bench.write(
      `${FIRST}.ts`,
      purgeDemoUsers({ verify }).replace('verify({ expect })', 'verify({ expect, db })'),
    );
    await expectRefused(
      { bench, database },
      { code: 'HYG_VERIFY_WRITES', exit: 4, says: ['verify tried to write', 'in `up`'] },
    );
  });

  describe.each([
    [
      'through expect.sql',
      'await expect.sql(sql`commit; delete from reports`, { lasting: true });',
    ],
    ['through db', "await expect.none(demoUsers); await db.raw('commit; delete from reports');"],
  ])('that commits %s', (_, commits) => {
    function withVerify(verify: string): string {
      const text = purgeDemoUsers({ verify }).replace(
        'verify({ expect })',
        'verify({ expect, db })',
      );
      return `import { existsSync } from 'node:fs';\n${text}`;
    }

    test('is refused, and nothing is kept', async () => {
      bench.write(`${FIRST}.ts`, withVerify(commits));
      await expectRefused(
        { bench, database },
        {
          code: 'HYG_RUN_TRANSACTION_CONTROL',
          exit: 1,
          says: ['control the transaction', 'commit'],
        },
      );
    });

    test('is refused when checks are repeated later, where no fence stands', async () => {
      const flag = join(bench.directory, 'commit-now');
      bench.write(
        `${FIRST}.ts`,
        withVerify(`await expect.none(demoUsers); if (existsSync('${flag}')) { ${commits} }`),
      );
      await bench.up();
      const before = await contents(database);
      writeFileSync(flag, '');
      await expect(bench.verify()).rejects.toMatchObject({ code: 'HYG_RUN_TRANSACTION_CONTROL' });
      expect(await contents(database)).toEqual(before);
      expect(await events(database)).toEqual(['started', 'applied']);
    });
  });

  test('that passes before the removal too is reported as proving nothing', async () => {
    bench.write(`${FIRST}.ts`, purgeDemoUsers({ verify: "await expect.atLeast('admins', 1);" }));
    const report = await bench.up();
    expect(report.results.map(({ outcome }) => outcome)).toEqual([
      expect.objectContaining({
        kind: 'applied',
        evidence: expect.objectContaining({ remarks: [expect.stringContaining('proves nothing')] }),
      }),
    ]);
  });
});
