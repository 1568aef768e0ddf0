import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { runCli } from '../support/cli.ts';
import { createProject } from '../support/project.ts';

test('the demo shows every command and ends with the rows before and after', async () => {
  const cwd = createProject();
  const left = join(cwd, '.hygiene', 'demo', 'hygiene');
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, '20990101000000_left_from_before.ts'), 'not a migration');
  // Settings that are meant for the real database must not reach the demo.
  const variables = { DATABASE_URL: 'postgres://real@127.0.0.1:1/real', HYGIENE_DIR: 'elsewhere' };

  const { code, stdout, stderr } = await runCli(['demo'], { cwd, variables });

  expect(stderr).toBe('');
  expect(code).toBe(0);
  const commands = [...stdout.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command);
  expect(commands).toEqual([
    'cd .hygiene/demo',
    'hygiene plan --embedded',
    'hygiene up --embedded',
    'hygiene verify --embedded',
    'hygiene status --embedded',
    'hygiene ledger --embedded',
    'hygiene up --embedded',
    'hygiene seed',
  ]);
  expect(stdout).toContain('3 migrations pending: 1,300 rows to remove');
  expect(stdout).toContain('Nothing to do: 3 migrations applied');
  expect(stdout).toContain('error HYG_REFUSED_SEED');
  expect(stdout).toContain(`
table          before  after
admins              1      1
users             320     20
live_sessions     640     16
payments          320    320
subscriptions     320     20
reports           106      6
`);
}, 120_000);
