import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { packageJson, seedModule } from '../doctor/repositories.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { createProject, type ProjectFiles } from '../support/project.ts';
import { purgeDemoUsers } from './sample-migrations.ts';

const ID = '20260101000000_purge_demo_users';
const seeding: ProjectFiles = {
  files: {
    'package.json': packageJson({ seed: 'node seed.mjs', pretest: 'prisma db seed' }),
    'seed.mjs': seedModule,
    'src/server.js': 'seedUsers();\n',
  },
};

function doctorIn(
  cwd: string,
): (line?: string, variables?: Record<string, string>) => Promise<CliRun> {
  return (line = '', variables = {}) =>
    runCli(['doctor', ...line.split(' ').filter((word) => word !== '')], { cwd, variables });
}

describe('the repository, without a database', () => {
  test('is told worst first, and that the database was left out', async () => {
    const doctor = doctorIn(createProject(seeding));
    const run = await doctor();
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toBe(`finding  src/server.js:1
  calls seedUsers when the application starts
  Take the call out: an application that starts must not write seed data.
finding  package.json:4
  script "seed" runs seed.mjs
  --fix makes it \`hygiene seed\`, which refuses and says why.
finding  seed.mjs:1
  writes seed data, and commands run it
  --fix puts a stub in its place, which says why and exits with 7.
remark  package.json:5
  script "pretest" runs prisma db seed
  For tests: nothing to do, as long as they have a database of their own.
Repository: 3 findings (1 remark). hygiene doctor --fix   disarms 2 of them.

The database was not looked at. No target database was given. Name one with --database-url or
  DATABASE_URL.
`);
    expect((await doctor('--exit-code')).code).toBe(3);
    expect((await doctor('', { HYGIENE_EXIT_CODE: '1' })).code).toBe(3);
  });

  test('with nothing in it is exit 0 also with --exit-code', async () => {
    const files = { 'package.json': packageJson({ pretest: 'knex seed:run' }) };
    const run = await doctorIn(createProject({ files }))('--exit-code');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('Repository: nothing that would seed (1 remark).');
  });

  test('is one document with --json', async () => {
    const run = await doctorIn(createProject(seeding))('--json --exit-code');
    expect(run.json()).toMatchObject({
      schemaVersion: 1,
      command: 'doctor',
      outcome: 'findings',
      exitCode: 3,
      target: null,
      findings: [
        { kind: 'start-up code', file: 'src/server.js', line: 1, level: 'finding', fixable: false },
        { kind: 'command', file: 'package.json', line: 4, fixable: true },
        { kind: 'seed file', file: 'seed.mjs' },
        { kind: 'command', file: 'package.json', line: 5, level: 'remark', fixable: false },
      ],
      changes: [],
      checks: null,
      leftOut: 'No target database was given.',
    });
  });
});

describe('--fix', () => {
  test('lists what it changed, and a second one changes nothing', async () => {
    const cwd = createProject(seeding);
    const doctor = doctorIn(cwd);
    const refused = await doctor('--fix');
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain(
      'error HYG_REFUSED_UNCOMMITTED: Git could not bring these files back',
    );
    expect(readFileSync(join(cwd, 'seed.mjs'), 'utf8')).toBe(seedModule);

    const git = (...args: readonly string[]): unknown =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        cwd,
      });
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'x');
    const fixed = await doctor('--fix --exit-code');
    expect(fixed.code).toBe(3);
    expect(fixed.stdout).toMatch(
      /^changed {2}package\.json {2}\(1 command that seeded\)\nchanged {2}seed\.mjs {2}\(a stub that refuses\)\n\nfinding {2}src\/server\.js:1\n/,
    );
    expect(fixed.stdout).toContain('Repository: 1 finding (1 remark).\n');
    const again = await doctor('--fix --json');
    expect(again.json()).toMatchObject({ changes: [], outcome: 'findings' });
  });

  test('--allow names what was kept', async () => {
    const run = await doctorIn(createProject(seeding))(
      '--fix --force --allow development,staging --json',
    );
    expect(run.json()['changes']).toEqual([
      { file: 'seed.original.mjs', what: 'the original of seed.mjs', isNew: true },
      {
        file: 'seed.mjs',
        what: 'runs the original only where the marker is development or staging',
        isNew: false,
      },
    ]);
  });

  test.each([
    ['--allow development', '--allow says how to edit, so it needs --fix.'],
    ['--force', '--force says how to edit, so it needs --fix.'],
    ['--fix --allow production', '--allow production is not taken'],
    ['--fix --allow a,B', '"B" cannot be one'],
    ['--fix --allow a,', '"" cannot be one'],
    ['--fix --settings', '--config alone prints the settings'],
    ['--config --fix', '--config alone prints the settings'],
  ])('%s is refused, and nothing is written', async (line, message) => {
    const cwd = createProject(seeding);
    const run = await doctorIn(cwd)(line);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
    expect(readFileSync(join(cwd, 'seed.mjs'), 'utf8')).toBe(seedModule);
  });
});

describe('with a database', () => {
  test('the tables of pending migrations are looked at, and those of applied ones are not', async () => {
    const database = await freshDatabase('sample.sql');
    await database.execute('drop index if exists payments_user_id_idx');
    const cwd = createProject({ migrations: { [`${ID}.ts`]: purgeDemoUsers } });
    const variables = { DATABASE_URL: database.url };
    const doctor = (): Promise<CliRun> => doctorIn(cwd)('', variables);
    const before = await doctor();
    expect(before.code).toBe(0);
    expect(before.stdout).toMatch(
      /^127\.0\.0\.1:\d+\/\w+ as postgres \(from DATABASE_URL\) · environment: not marked\n\n/,
    );
    expect(before.stdout).toContain('Pending migrations name 1 table, and 4 that reference them.');
    expect(before.stdout).toMatch(
      /\nDatabase: 0 problem, \d warn, \d unknown, \d+ ok\.\nNext: hygiene plan --out plan\.json\n$/,
    );
    await runCli(['up'], { cwd, variables });
    expect((await doctor()).stdout).toContain('Pending migrations name 0 tables.');
  });

  test('a problem counts as a finding', async () => {
    const { url } = await freshDatabase('sample.sql');
    const broken = purgeDemoUsers.replace("rows('users'", "rows('usres'");
    const cwd = createProject({ migrations: { [`${ID}.ts`]: broken } });
    const run = await doctorIn(cwd)('--exit-code --json', { DATABASE_URL: url });
    expect(run.code).toBe(3);
    expect(run.json()['checks']).toContainEqual(
      expect.objectContaining({ name: 'tables', status: 'problem', remedy: ['hygiene plan'] }),
    );
  });

  test('a role that may read neither ledger nor tables gets its checks all the same', async () => {
    const database = await freshDatabase('sample.sql');
    const role = `poor_${randomBytes(4).toString('hex')}`;
    const cwd = createProject({ migrations: { [`${ID}.ts`]: purgeDemoUsers } });
    await runCli(['up'], { cwd, variables: { DATABASE_URL: database.url } });
    await database.execute(`create role ${role} login password 'secret'`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'secret'];
    const run = await doctorIn(cwd)('--json', { DATABASE_URL: url.href });
    await database.execute(`drop role ${role}`);
    expect(run.code).toBe(0);
    const { checks } = run.json() as { checks: readonly { name: string; status: string }[] };
    const bad = checks.filter(({ status }) => status === 'problem').map(({ name }) => name);
    expect(bad).toEqual(['ledger', 'rights']);
    expect(checks).toContainEqual(expect.objectContaining({ name: 'backup', status: 'unknown' }));
  });

  test('that cannot be reached, the findings are told all the same', async () => {
    const run = await doctorIn(createProject(seeding))('--json', {
      DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/x',
    });
    expect(run.code).toBe(8);
    expect(run.json()).toMatchObject({
      outcome: 'error',
      checks: null,
      leftOut: null,
      error: { code: 'HYG_DB_UNREACHABLE' },
    });
    expect(run.json()['findings']).toHaveLength(4);
    expect(run.stdout).not.toContain('secret');
  });
});

describe('--config', () => {
  const settingsOf = (run: CliRun): Readonly<Record<string, readonly unknown[]>> => {
    const { settings } = run.json() as {
      settings: readonly Record<'name' | 'value' | 'source', string>[];
    };
    return Object.fromEntries(settings.map(({ name, value, source }) => [name, [value, source]]));
  };
  const config = `
    import { defineConfig, rows, sql } from 'pg-hygiene';
    export default defineConfig({
      protect: [rows('admins', sql\`email = \${'boss@corp.io'}\`)],
      retentionDays: 30,
      contacts: [{ name: 'Ada', how: '#db' }],
      batches: { throttle: sql\`select \${'hidden'}\` },
    });
  `;

  test('tells each setting, its value, and which of five places it came from', async () => {
    const cwd = createProject({
      config,
      files: {
        env: 'HYGIENE_LOCK_TIMEOUT=5\nHYGIENE_LOG_LEVEL=info\nDATABASE_URL=postgres://a:b%21@h/d?sslpassword=c\n',
      },
    });
    const run = await doctorIn(cwd)('--settings --json --env-file env --dir hygiene', {
      HYGIENE_LOG_LEVEL: 'error',
      HYGIENE_MAX_DURATION: '2h',
    });
    expect([run.code, run.json()['outcome']]).toEqual([0, 'settings']);
    expect(settingsOf(run)).toMatchObject({
      '--dir': ['hygiene', '--dir'],
      '--lock-timeout': ['5', 'HYGIENE_LOCK_TIMEOUT of the env file'],
      '--log-level': ['error', 'HYGIENE_LOG_LEVEL'],
      '--max-duration': ['2h', 'HYGIENE_MAX_DURATION'],
      '--row-lock-timeout': ['3', 'default'],
      '--exec-order': ['linear', 'default'],
      '--confirm': [null, 'default'],
      DATABASE_URL: ['postgres://a:***@h/d?sslpassword=***', 'DATABASE_URL of the env file'],
      HYGIENE_DATABASE_URL: [null, 'default'],
      NODE_ENV: [null, 'default'],
      protect: ['[rows of admins]', 'hygiene/config.ts'],
      retentionDays: ['30', 'hygiene/config.ts'],
      contacts: ['[{ name: Ada, how: #db }]', 'hygiene/config.ts'],
      batches: ['{ throttle: select ? }', 'hygiene/config.ts'],
      sideEffects: ['[]', 'default'],
      schemas: ['{ ledger: hygiene, archive: hygiene_archive }', 'default'],
    });
    for (const secret of ['b%21', 'boss@', 'hidden', '=c'])
      expect(run.stdout).not.toContain(secret);
  });

  test('needs no database and no config file, and is text without --json', async () => {
    const run = await doctorIn(createProject())('--config', {
      NODE_ENV: 'production',
      DATABASE_URL: 'not a url with secret',
    });
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toMatch(/^--lock-timeout {2,}60 {2}\(default\)$/m);
    expect(run.stdout).toMatch(/^DATABASE_URL {2,}\*\*\* {2}\(DATABASE_URL\)$/m);
    expect(run.stdout).toMatch(/^NODE_ENV {2,}production {2}\(NODE_ENV\)$/m);
  });

  test('followed by a file it names the config file, as everywhere', async () => {
    const cwd = createProject({ files: { 'other.ts': 'export default { retentionDays: 7 };\n' } });
    const run = await doctorIn(cwd)('--config other.ts --settings --json');
    expect(settingsOf(run)).toMatchObject({
      '--config': ['other.ts', '--config'],
      retentionDays: ['7', 'other.ts'],
    });
    expect((await doctorIn(cwd)('--config other.ts')).stdout).toContain('Repository: nothing');
  });

  test('a config file with problems is exit 2', async () => {
    const run = await doctorIn(createProject({ config: 'export default { retentionDay: 7 };' }))(
      '--config',
    );
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('HYG_CONFIG_INVALID');
  });
});

test('`hygiene seed` and the seeds of the shipped knexfile name the doctor', async () => {
  const run = await runCli(['seed'], { cwd: createProject() });
  expect(run.code).toBe(7);
  expect(run.stderr).toContain('What still calls a seed command: hygiene doctor   finds it.');
  const { default: environments } = (await import('../../knexfile.ts')) as unknown as {
    default: Readonly<Record<string, { seeds: { seedSource: { getSeeds: () => void } } }>>;
  };
  for (const { seeds } of Object.values(environments)) {
    expect(() => {
      seeds.seedSource.getSeeds();
    }).toThrow('to find what still seeds, run `hygiene doctor`');
  }
});
