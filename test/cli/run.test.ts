import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { main } from '../../src/cli/main.ts';
import { HygieneError } from '../../src/kernel/errors.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { createProject, type ProjectFiles } from '../support/project.ts';
import {
  failingVerify,
  forProductionOnly,
  purgeDemoUsers,
  purgeWithoutDependents,
  requiringWhatIsMissing,
  settled,
  violatingConstraint,
} from './sample-migrations.ts';

const FIRST = '20260101000000_purge_demo_users';
const SECOND = '20260102000000_another';

interface Bench {
  readonly cwd: string;
  readonly database: Awaited<ReturnType<typeof freshDatabase>>;
  readonly run: (line: string, variables?: Readonly<Record<string, string>>) => Promise<CliRun>;
}

async function setUp(migrations: Record<string, string>, more: ProjectFiles = {}): Promise<Bench> {
  const database = await freshDatabase('sample.sql');
  const named = Object.fromEntries(
    Object.entries(migrations).map(([id, text]) => [`${id}.ts`, text]),
  );
  const cwd = createProject({ ...more, migrations: named });
  return {
    cwd,
    database,
    run: (line, variables = {}) =>
      runCli(line.split(' '), { cwd, variables: { DATABASE_URL: database.url, ...variables } }),
  };
}

describe('the life of one migration', () => {
  test('plan, up, second up, verify, status and ledger say what is so', async () => {
    const { run, cwd } = await setUp({ [FIRST]: purgeDemoUsers });

    const planned = await run('plan');
    expect(planned.stderr).toBe('');
    expect(settled(planned.stdout))
      .toBe(`HOST/DATABASE as postgres (from DATABASE_URL) · environment: not marked

20260101000000_purge_demo_users
  Remove the demo accounts
  purge users (about DURATION)
    table          remove  change   of  lock
    users             300       0  320  ROW EXCLUSIVE
    live_sessions     600       0    –  ROW EXCLUSIVE
    subscriptions     300       0    –  ROW EXCLUSIVE
    reports           100       0    –  ROW EXCLUSIVE
    payments            0     300    –  ROW EXCLUSIVE
    foreign key                 child → parent         action   rows
    live_sessions_user_id_fkey  live_sessions → users  purge     600
    payments_user_id_fkey       payments → users       nullify   300
    subscriptions_user_id_fkey  subscriptions → users  purge     300
    reports_author_id_fkey      reports → users        purge     100
    strategy  about
    delete    DURATION  chosen
    detach    DURATION  only in the maintenance window (--maintenance)
    rewrite   DURATION  no table loses so much that it pays
  guard: CHECK hygiene_guard_20260101000000_purge_demo_users on users, added after the commit,
    which locks users for a moment

The ledger is not installed yet; the first \`up\` makes it.
1 migration pending: 1,300 rows to remove, 300 to change in 5 tables, about DURATION.
Nothing was changed. Next: hygiene up
`);
    expect((await run('plan --exit-code')).code).toBe(3);
    expect((await run('status --exit-code')).code).toBe(3);
    expect((await run('status')).code).toBe(0);

    const applied = await run('up');
    expect(applied.code).toBe(0);
    expect(applied.stderr).toBe('');
    expect(settled(applied.stdout))
      .toBe(`HOST/DATABASE as postgres (from DATABASE_URL) · environment: not marked

applied  20260101000000_purge_demo_users  (DURATION, ledger event 2, hash HASH)
  Remove the demo accounts
  table          removed  changed  archived  in
  users              300        0       300  hygiene_archive."20260101000000_g1_users"
  live_sessions      600        0       600  hygiene_archive."20260101000000_g1_live_sessions"
  subscriptions      300        0       300  hygiene_archive."20260101000000_g1_subscriptions"
  reports            100        0       100  hygiene_archive."20260101000000_g1_reports"
  payments             0      300       300  hygiene_archive."20260101000000_g1_payments_mutations"
  ok      none of users where email ~* '@example[.](com|org|net)$': expected 0 rows, found 0 rows
  ok      at least 1 of admins: expected at least 1 row, found 1 row
  guard: CHECK hygiene_guard_20260101000000_purge_demo_users on users: in force

1 migration applied: 1,300 rows removed, 300 changed.
Next: hygiene verify   (and on every deploy)
Log: hygiene/logs/cleanup_log_TIME.txt
`);
    const [log = ''] = readdirSync(join(cwd, 'hygiene', 'logs'));
    const logged = settled(readFileSync(join(cwd, 'hygiene', 'logs', log), 'utf8'));
    expect(logged).toMatch(/^hygiene up, ended TIME UTC\nHOST\/DATABASE as postgres/);
    expect(logged).toContain('run UUID with pg-hygiene');
    expect(logged).toMatch(/\nby .+ on .+\n/);
    expect(logged).toContain('\nheld to no plan\n');
    expect(logged).toMatch(/\n {2}rows +before +removed +after\n {2}users +320 +300 +20\n/);
    expect(logged).toMatch(/\n {2}payments +320 +0 +320\n/);
    expect(logged).toContain('  users              300        0       300');
    expect(logged).toMatch(/\nledger head: event 4, sha256:HASH\n$/);

    const again = await run('up');
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(
      /\n\nNothing to do: 1 migration applied, all checksums and the ledger's head are intact.\n$/,
    );
    expect(readdirSync(join(cwd, 'hygiene', 'logs'))).toEqual([log]);

    const verified = await run('verify');
    expect(verified.code).toBe(0);
    expect(verified.stdout).toContain('1 lasting check of 1 migration, none failed.');
    const status = await run('status --exit-code');
    expect(status.code).toBe(0);
    expect(status.stdout).toContain('applied  20260101000000_purge_demo_users  ');
    expect(status.stdout).toContain(
      "1 migration: 1 applied, 0 pending. The ledger's newest event, 5, is intact.",
    );
    expect((await run('plan')).stdout).toContain('Nothing is pending: 1 migration applied.');

    const events = (await run('ledger')).stdout.split('\n').slice(3, -1);
    expect(events.map((line) => line.trim().split(/ +/).slice(3, 6))).toEqual([
      ['started', FIRST, 'postgres'],
      ['applied', FIRST, '1,600'],
      ['guard_added', FIRST, 'postgres'],
      ['guard_validated', FIRST, 'postgres'],
      ['verified', FIRST, 'postgres'],
    ]);
    expect((await run('ledger verify')).stdout).toContain(
      '5 events, the chain is intact. Head: event 5,',
    );
  });

  test('verify ends with 4 when the data has come back, and names the contacts', async () => {
    const config = `
      import { defineConfig } from 'pg-hygiene';
      export default defineConfig({ contacts: [{ name: 'Ada', how: '#database' }] });
    `;
    const unguarded = purgeDemoUsers.replace('guard: true,', '');
    const { run, database } = await setUp({ [FIRST]: unguarded }, { config });
    await run('up');
    await database.execute("insert into users (email, name) values ('back@example.com', 'Back')");
    const verified = await run('verify');
    expect(verified.code).toBe(4);
    expect(verified.stdout).toContain('  FAILED  none of users where');
    expect(verified.stderr).toContain(`error HYG_VERIFY_FAILED: 1 lasting check failed:
  ${FIRST}: none of users where`);
    expect(verified.stderr).toContain('expected 0 rows, found 1 row');
    expect(verified.stderr).toMatch(/\nAsk Ada: #database\n$/);
  });

  test('a check whose table is gone is obsolete: 0, and 4 with --strict', async () => {
    const { run, database } = await setUp({
      [SECOND]: forProductionOnly.replace("environments: ['production'],", ''),
    });
    expect((await run('up')).code).toBe(0);
    await database.execute('drop table live_sessions');
    const verified = await run('verify');
    expect(verified.code).toBe(0);
    expect(verified.stdout).toContain('obsolete  none of live_sessions where id < 10');
    const strict = await run('verify --strict');
    expect(strict.code).toBe(4);
    expect(strict.stderr).toContain('What these checks look at is gone.');
  });
});

describe('what goes wrong', () => {
  test('a refusal is shown by plan and ends up with 7, with the object to paste', async () => {
    const { run } = await setUp({ [FIRST]: purgeWithoutDependents });
    const planned = await run('plan');
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('  would be refused:\n    error HYG_REFUSED_DEPENDENTS: ');
    expect(planned.stdout).toContain(
      '1 migration would be refused: see above what would allow it.',
    );
    const refused = await run('up');
    expect(refused.code).toBe(7);
    expect(settled(refused.stdout))
      .toBe(`HOST/DATABASE as postgres (from DATABASE_URL) · environment: not marked

refused  20260101000000_purge_demo_users
  Remove the demo accounts
  Rolled back: nothing of it was kept (HYG_REFUSED_DEPENDENTS).

0 migrations applied: 0 rows removed, 0 changed; 1 still pending.
Log: hygiene/logs/cleanup_log_TIME.txt
`);
    expect(refused.stderr)
      .toBe(`error HYG_REFUSED_DEPENDENTS: 1300 rows reference rows that would be purged, and dependents does not
  name their tables:
  live_sessions (user_id): 600; payments (user_id): 300; subscriptions (user_id): 300
  reports (author_id): 100
Decide for each, then write:
dependents: {
  live_sessions: 'purge', payments: 'nullify', subscriptions: 'purge', reports: 'purge',
},
`);
  });

  test('a failing verify inside up is exit 4, an error of PostgreSQL exit 1; both leave a log', async () => {
    for (const [text, code, message] of [
      [
        failingVerify,
        4,
        `error HYG_VERIFY_FAILED: 1 of the checks of ${SECOND} failed:
  exactly 2 of admins
    expected 2 rows, found 1 row
Nothing was kept. Correct the purge (or the check), then run again.
`,
      ],
      [
        violatingConstraint,
        1,
        `error HYG_RUN_SQL: ${SECOND} was rolled back: new row for relation "payments" violates
  check constraint "payments_amount_cents_check" (SQLSTATE 23514)
Nothing was kept. Correct the migration, then run again.
`,
      ],
    ] as const) {
      const { run, cwd } = await setUp({ [FIRST]: purgeDemoUsers, [SECOND]: text });
      const failed = await run('up');
      expect(failed.code).toBe(code);
      expect(failed.stderr).toBe(message);
      expect(failed.stdout).toContain(
        '1 migration applied: 1,300 rows removed, 300 changed; 1 still pending.',
      );
      expect(failed.stdout).not.toContain('Next:');
      const [log = ''] = readdirSync(join(cwd, 'hygiene', 'logs'));
      expect(readFileSync(join(cwd, 'hygiene', 'logs', log), 'utf8')).toContain(message);
      expect((await run('status')).stdout).toContain(`  ${SECOND}: the last run ended with: `);
    }
  });

  test('an edited file is exit 5 for up, plan, verify and status alike', async () => {
    const { run, cwd } = await setUp({ [FIRST]: purgeDemoUsers });
    await run('up');
    writeFileSync(join(cwd, 'hygiene', `${FIRST}.ts`), `${purgeDemoUsers}\n// edited\n`);
    for (const command of ['up', 'plan', 'verify', 'status']) {
      const { code, stderr } = await run(command);
      expect([command, code]).toEqual([command, 5]);
      expect(stderr).toContain('error HYG_INTEGRITY_EDITED: Applied, but edited since');
    }
  });

  test('a changed event is exit 5 for status and ledger verify', async () => {
    const { run, database } = await setUp({ [FIRST]: purgeDemoUsers });
    await run('up');
    await database.execute(`
      alter table hygiene.ledger disable trigger all;
      update hygiene.ledger set note = 'changed' where seq = 4;
    `);
    for (const command of ['status', 'ledger verify']) {
      const { code, stderr } = await run(command);
      expect([command, code]).toEqual([command, 5]);
      expect(stderr).toContain('error HYG_INTEGRITY_CHAIN');
    }
  });

  test('a log directory that cannot be written warns, and fails nothing', async () => {
    const { run } = await setUp({ [FIRST]: purgeDemoUsers }, { files: { 'a-file': '' } });
    const { code, stdout, stderr } = await run('up --log-dir a-file/logs');
    expect(code).toBe(0);
    expect(stdout).not.toContain('Log:');
    expect(stderr).toMatch(/^warning: the log of this run could not be written to .*: ENOTDIR\n$/);
  });

  test('with --log-level debug an error comes with the stack of its cause', async () => {
    const { run } = await setUp({ [FIRST]: violatingConstraint });
    const { code, stderr } = await run('up --log-level debug');
    expect(code).toBe(1);
    const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({
        code: 'HYG_RUN_SQL',
        stack: expect.stringContaining('amount_cents'),
      }),
    );
  });

  test('a run that is stopped before it begins is 143, and nothing was done', async () => {
    const { cwd, database } = await setUp({ [FIRST]: purgeDemoUsers });
    const reason = new HygieneError('HYG_RUN_CANCELLED', {
      message: 'Stopped by SIGTERM.',
      details: { exitCode: 143 },
    });
    const signal = AbortSignal.abort(reason);
    const variables = { DATABASE_URL: database.url };
    const stopped = await runCli(['up', '--json'], { cwd, variables, signal });
    expect(stopped.code).toBe(143);
    expect(stopped.json()).toMatchObject({ exitCode: 143, error: { code: 'HYG_RUN_CANCELLED' } });
    expect(await database.query('select count(*)::int as users from users')).toEqual([
      { users: 320 },
    ]);
  });

  test('a missing directory of migrations is exit 2, after the target was told', async () => {
    const { run } = await setUp({});
    const { code, stdout, stderr } = await run('up --dir cleanup');
    expect(code).toBe(2);
    expect(stdout).toContain('as postgres (from DATABASE_URL)');
    expect(stderr).toContain('error HYG_LOAD_NO_DIRECTORY');
  });
});

describe('the environment', () => {
  test('each result is told when it is there, not at the end', async () => {
    const { cwd, database } = await setUp({
      [FIRST]: purgeDemoUsers,
      [SECOND]: violatingConstraint,
    });
    const chunks: string[] = [];
    await main(['up'], {
      stdout: (text) => void chunks.push(text),
      stderr: (text) => void chunks.push(text),
      isTty: false,
      columns: 100,
      stderrIsTty: false,
      stderrColumns: () => 100,
      cwd,
      variables: { DATABASE_URL: database.url },
      signal: new AbortController().signal,
    });
    const heads = chunks.map((text) => text.split(/[ :]/)[0]);
    expect(heads).toEqual(['127.0.0.1', 'applied', 'failed', '1', 'error']);
  });

  test('production has to be confirmed by the name of its database', async () => {
    const { run, database } = await setUp({ [FIRST]: purgeDemoUsers });
    const marked = await run('init --mark production');
    expect(marked.stdout).toContain('The ledger was made.\nThe database is marked production.');
    const refused = await run('up');
    expect(refused.code).toBe(7);
    expect(refused.stdout).toContain('· environment: production');
    expect(refused.stderr).toContain(`hygiene up --confirm ${database.name}`);
    expect((await run('up --confirm other')).code).toBe(7);
    expect((await run('up', { HYGIENE_CONFIRM: database.name })).code).toBe(0);
    // Nothing is pending now, so nothing needs a confirmation.
    expect((await run('up')).code).toBe(0);
  });

  test('what is meant for another one, or lacks its table, is said and done no harm', async () => {
    const { run } = await setUp({ [FIRST]: requiringWhatIsMissing, [SECOND]: forProductionOnly });
    const planned = await run('plan');
    expect(planned.stdout).toContain('would be skipped: invoices.demo is missing here');
    expect(planned.stdout).toContain(`elsewhere: ${SECOND} (meant for other environments)`);
    const { code, stdout } = await run('up');
    expect(code).toBe(0);
    expect(stdout).toContain(`skipped  ${FIRST}`);
    expect(stdout).toContain('Missing here: invoices.demo');
    expect(stdout).toContain(`elsewhere: ${SECOND}`);
    expect(stdout).not.toContain('Log:');
  });
});
