import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { runCli } from '../support/cli.ts';
import { useDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

const database = useDatabase();

describe('init', () => {
  test('prepares a repository, and a second time changes nothing', async () => {
    const cwd = createProject({ files: { 'package.json': '{ "type": "module" }\n' } });
    const first = await runCli(['init'], { cwd });
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^created {2}hygiene\/config\.mjs$/m);
    expect(first.stdout).toMatch(/^created {2}\.gitignore$/m);
    expect(first.stdout).toMatch(/\nNext: hygiene create purge_demo_users\n$/);
    const second = await runCli(['init', '--json'], { cwd });
    expect(second.json()).toMatchObject({
      command: 'init',
      outcome: 'nothing to do',
      target: null,
    });
  });

  test('--print-sql is a script and nothing else, and makes a ledger', async () => {
    const cwd = createProject();
    const { code, stdout, stderr } = await runCli(['init', '--print-sql'], { cwd });
    expect([code, stderr]).toEqual([0, '']);
    await database.execute(stdout);
    const variables = { DATABASE_URL: database.url };
    const installed = await runCli(['init', '--ledger'], { cwd, variables });
    expect(installed.stdout).toMatch(/\n\nThe ledger was there already.\n$/);
    const broken = await runCli(['init', '--mark', 'No Good'], { cwd, variables });
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain('"No Good" is no name for an environment.');
  });
});

describe('create', () => {
  test('writes a migration that lints, and says where', async () => {
    const cwd = createProject();
    const created = await runCli(['create', 'Purge demo-users', '--json'], { cwd });
    expect(created.code).toBe(0);
    const { files, id } = created.json() as { files: [string]; id: string };
    expect(id).toMatch(/^\d{14}_purge_demo_users$/);
    expect(existsSync(join(cwd, files[0]))).toBe(true);
    const linted = await runCli(['lint'], { cwd });
    expect(linted.stdout).toBe('1 migration: no problems.\n');
  });

  test('--sql writes a pair', async () => {
    const cwd = createProject();
    const { stdout } = await runCli(['create', 'purge_old', '--sql'], { cwd });
    expect(stdout).toMatch(
      /^created {2}hygiene\/\d{14}_purge_old\.up\.sql\ncreated {2}hygiene\/\d{14}_purge_old\.verify\.sql\n/,
    );
    const [file = ''] = stdout.split('\n').map((line) => line.replace('created  ', ''));
    expect(readFileSync(join(cwd, file), 'utf8')).toContain('-- description:');
  });

  test('follows --dir', async () => {
    const cwd = createProject();
    mkdirSync(join(cwd, 'cleanup'));
    const { stdout } = await runCli(['create', 'x1', '--dir', 'cleanup'], { cwd });
    expect(stdout).toMatch(/^created {2}cleanup\/\d{14}_x1\./);
  });
});

describe('lint', () => {
  test('tells all problems at once and ends with 2', async () => {
    const cwd = createProject({
      migrations: {
        '20260101000000_not_one.ts': 'export default 1;',
        '2026_short.ts': 'export default 2;',
      },
    });
    const { code, stdout } = await runCli(['lint'], { cwd });
    expect(code).toBe(2);
    expect(stdout).toContain('problem HYG_LOAD_NOT_A_MIGRATION: 20260101000000_not_one.ts');
    expect(stdout).toContain('problem HYG_LOAD_BAD_NAME: 2026_short.ts');
    expect(stdout).toMatch(/\n1 migration: 2 problems, 0 warnings\.\n$/);
  });

  test('reads the config too', async () => {
    const config =
      "import { defineConfig } from 'pg-hygiene'; export default defineConfig({ retentionDays: -1 });";
    const cwd = createProject({ config });
    const { code, stderr } = await runCli(['lint'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('error HYG_CONFIG_INVALID');
    expect(stderr).toContain('retentionDays');
  });

  test('the sample application passes', async () => {
    const { code, stdout } = await runCli(['lint'], { cwd: join(import.meta.dirname, '../..') });
    expect(stdout).toBe('3 migrations: no problems.\n');
    expect(code).toBe(0);
  });
});

test('the log is written where it is wanted', async () => {
  const cwd = createProject();
  writeFileSync(join(cwd, 'run.log'), '');
  const { createLogger } = await import('../../src/cli/logging.ts');
  const lines: string[] = [];
  const logger = createLogger({
    level: 'info',
    file: join(cwd, 'run.log'),
    stderr: (text) => void lines.push(text),
  });
  logger.debug({ at: 1 }, 'not wanted');
  logger.info({ table: 'users' }, 'wanted');
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { table: 'users', msg: 'wanted' },
  ]);
  expect(readFileSync(join(cwd, 'run.log'), 'utf8')).toBe(lines.join(''));
});
