import { describe, expect, test } from '@jest/globals';

import { runCli } from '../support/cli.ts';
import { createProject } from '../support/project.ts';

const cwd = createProject();

describe('help', () => {
  test('nothing at all shows every command, on stdout, and succeeds', async () => {
    const { code, stdout, stderr } = await runCli([], { cwd });
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const name of [
      'init',
      'create',
      'lint',
      'plan',
      'up',
      'verify',
      'status',
      'ledger',
      'seed',
      'demo',
    ]) {
      expect(stdout).toMatch(new RegExp(`^ +hygiene ${name}\\b`, 'm'));
    }
    expect(stdout).toContain('Exit codes: 0 done');
  });

  test('--help of a command lists its own options and the shared ones', async () => {
    const { code, stdout } = await runCli(['up', '--help'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('--confirm');
    expect(stdout).toContain('--database-url');
    expect(stdout).not.toContain('--exit-code');
  });

  test('`help up` is `up --help`', async () => {
    const [asked, flagged] = [
      await runCli(['help', 'up'], { cwd }),
      await runCli(['up', '-h'], { cwd }),
    ];
    expect(asked.stdout).toBe(flagged.stdout);
  });

  test('--version is the version alone', async () => {
    const { code, stdout } = await runCli(['--version'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a command line that cannot be understood ends with 2 and says what was meant', () => {
  test.each([
    [['upp'], 'There is no command "upp".', 'Did you mean: hygiene up'],
    [['frobnicate'], 'There is no command "frobnicate".', 'hygiene --help   lists the commands.'],
    [['up', '--jsn'], 'There is no option --jsn of hygiene up.', 'Did you mean --json?'],
    [['up', '--exit-cod'], 'There is no option --exit-cod of hygiene up.', 'hygiene up --help'],
    [
      ['plan', '--exit-cod'],
      'There is no option --exit-cod of hygiene plan.',
      'Did you mean --exit-code?',
    ],
    [['up', 'now'], '"now" is too much: hygiene up does not take it.', 'hygiene up --help'],
    [['up', '--dir'], 'Not enough arguments following: dir.', 'hygiene up --help'],
    [['create'], 'Not enough non-option arguments', 'hygiene create --help'],
    [
      ['plan', '--exec-order', 'wild'],
      '--exec-order is "wild", but must be one of linear,',
      '--help',
    ],
    [
      ['up', '--lock-timeout', 'soon'],
      '--lock-timeout is "soon", but must be a number of seconds',
      '',
    ],
    [['up', '--statement-timeout=-1'], '--statement-timeout is "-1"', ''],
    [['ledger', '--limit', '0'], '--limit is "0", but must be a whole number, 1 or more', ''],
    [['up', '--log-level', 'loud'], '--log-level is "loud", but must be one of debug,', ''],
    [
      ['up', '--env-file', 'no.env'],
      'The file no.env of variables cannot be read: ENOENT.',
      '--env-file',
    ],
  ])('%j', async (argv, message, hint) => {
    const { code, stdout, stderr } = await runCli(argv, { cwd });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`error HYG_USAGE: ${message}`);
    expect(stderr).toContain(hint);
  });

  test('options without a command', async () => {
    const run = await runCli(['--json'], { cwd });
    expect(run.code).toBe(2);
    expect(run.json()).toMatchObject({ command: '', error: { message: 'No command was given.' } });
  });

  test('with --json the error is the one document on stdout', async () => {
    const run = await runCli(['up', '--jsn', '--json'], { cwd });
    expect(run.code).toBe(2);
    expect(run.stderr).toBe('');
    expect(run.json()).toEqual({
      schemaVersion: 1,
      command: 'up',
      outcome: 'error',
      exitCode: 2,
      target: null,
      environment: null,
      error: {
        code: 'HYG_USAGE',
        message: 'There is no option --jsn of hygiene up.',
        hint: 'Did you mean --json?',
        details: {},
      },
    });
  });

  test('a variable with a wrong value is named as the variable', async () => {
    const variables = { HYGIENE_LOCK_TIMEOUT: 'soon' };
    const { code, stderr } = await runCli(['up'], { cwd, variables });
    expect(code).toBe(2);
    expect(stderr).toContain('HYGIENE_LOCK_TIMEOUT is "soon"');
  });
});

describe('the target', () => {
  test('none given is exit 2 and names the ways', async () => {
    const { code, stdout, stderr } = await runCli(['up'], { cwd });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('error HYG_CONFIG_NO_TARGET: No target database was given.');
    for (const way of ['--database-url', 'DATABASE_URL', '--env NAME', '--embedded']) {
      expect(stderr).toContain(way);
    }
  });

  test('is told even when it cannot be reached, without the password', async () => {
    const argv = ['plan', '--database-url', 'postgres://ada:s3cret@127.0.0.1:1/app'];
    const { code, stdout, stderr } = await runCli(argv, { cwd });
    expect(code).toBe(8);
    expect(stdout).toBe('127.0.0.1:1/app as ada (from --database-url)\n\n');
    expect(stderr).toContain('error HYG_DB_UNREACHABLE');
    expect(stdout + stderr).not.toContain('s3cret');
    const asJson = await runCli([...argv, '--json'], { cwd });
    expect(asJson.stdout).not.toContain('s3cret');
    expect(asJson.json()).toMatchObject({
      outcome: 'error',
      exitCode: 8,
      target: { host: '127.0.0.1', port: 1, database: 'app', user: 'ada' },
    });
  });

  test('comes from --env-file; a variable that is set already wins', async () => {
    const files = { 'app.env': 'DATABASE_URL="postgres://file@127.0.0.1:1/from_file"\n' };
    const project = createProject({ files });
    const argv = ['plan', '--env-file', 'app.env'];
    const fromFile = await runCli(argv, { cwd: project });
    expect(fromFile.stdout).toContain('/from_file as file (from DATABASE_URL)');
    const variables = { DATABASE_URL: 'postgres://set@127.0.0.1:1/from_variable' };
    const fromVariable = await runCli(argv, { cwd: project, variables });
    expect(fromVariable.stdout).toContain('/from_variable as set');
  });

  test('the file itself may be named by a variable, and may hold settings of hygiene', async () => {
    const files = { 'app.env': 'HYGIENE_JSON=true\n' };
    const project = createProject({ files });
    const variables = { HYGIENE_ENV_FILE: 'app.env' };
    const run = await runCli(['plan'], { cwd: project, variables });
    expect(run.json()).toMatchObject({ outcome: 'error', error: { code: 'HYG_CONFIG_NO_TARGET' } });
  });
});

describe('seed', () => {
  test.each([
    [['seed']],
    [['seed', 'users', '--count', '300']],
    [['seed', '--dir']],
    [['seed', '--help']],
    [['seed', '--lock-timeout', 'x', '--env-file', 'none']],
  ])('%j is refused with 7, why and what instead', async (argv) => {
    const { code, stdout, stderr } = await runCli(argv, {
      cwd,
      variables: { HYGIENE_LOCK_TIMEOUT: 'x' },
    });
    expect(code).toBe(7);
    expect(stdout).toBe('');
    expect(stderr).toContain('error HYG_REFUSED_SEED: hygiene takes demo, test and seed data out');
    expect(stderr).toContain('Instead:');
  });

  test('is refused as a document too, whatever stands before it', async () => {
    const run = await runCli(['--json', 'seed', '--users', '3'], { cwd });
    expect(run.code).toBe(7);
    expect(run.json()).toMatchObject({ command: 'seed', error: { code: 'HYG_REFUSED_SEED' } });
  });

  test('prints the contacts of the config under it', async () => {
    const config = `
      import { defineConfig } from 'pg-hygiene';
      export default defineConfig({ contacts: [{ name: 'Ada', how: '#database' }] });
    `;
    const { stderr } = await runCli(['seed'], { cwd: createProject({ config }) });
    expect(stderr).toMatch(/Ask Ada: #database\n$/);
  });

  test('is refused even when the config cannot be read', async () => {
    const { code, stderr } = await runCli(['seed'], { cwd: createProject({ config: '{' }) });
    expect(code).toBe(7);
    expect(stderr).not.toContain('Ask');
  });
});

describe('colours', () => {
  const escape = String.fromCodePoint(27);

  test('are used on a terminal only', async () => {
    expect((await runCli(['seed'], { cwd, isTty: true })).stderr).toContain(`${escape}[31m`);
    expect((await runCli(['seed'], { cwd, isTty: false })).stderr).not.toContain(escape);
  });

  test.each([
    [['lint'], { NO_COLOR: '1' }],
    [['lint', '--no-color'], {}],
    [['lint'], { HYGIENE_NO_COLOR: 'yes' }],
  ])('are off with %j and %j', async (argv, variables) => {
    const run = await runCli(argv, { cwd, variables, isTty: true });
    expect(run.stdout + run.stderr).not.toContain(escape);
  });
});
