import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { fenceMarked, page } from '../docs/pages.ts';
import { purgeDemoUsers } from '../engine/workbench.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

/** A program `aws`, where a shell looks for it. */
function directoryWithAws(): string {
  const directory = createProject();
  const file = join(directory, 'aws');
  const program = join(import.meta.dirname, 'aws-cli.mjs');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(file, 0o755);
  return directory;
}

test('the line for Amazon RDS prints a proof that is accepted', async () => {
  const database = await freshDatabase('sample.sql');
  const cwd = createProject({
    migrations: { '20260112090000_purge_demo_users.ts': purgeDemoUsers() },
    config: `import { defineConfig } from 'pg-hygiene';
      export default defineConfig({ environments: { production: { backup: { maxAgeHours: 1_000_000, mustBeRestoreTested: false } } } });`,
    files: { 'package.json': '{}' },
  });
  const shown = fenceMarked(page('docs/backups.md'), 'aws').lines.join('\n');
  const line = shown.replace('"app"', JSON.stringify(database.name));
  const env = { PATH: `${directoryWithAws()}:/usr/bin:/bin` };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd, env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual({
    id: 'rds:app-2026-01-12',
    takenAt: '2026-01-12T02:00:11.483000+00:00',
    location: 'arn:aws:rds:eu-central-1:123456789012:snapshot:rds:app-2026-01-12',
    method: 'manual',
    identity: { database: database.name },
  });

  const variables = { DATABASE_URL: database.url, PATH: env.PATH };
  await runCli(['mark', 'production'], { cwd, variables });
  const up = ['up', '--confirm', database.name];
  const without = await runCli(up, { cwd, variables });
  expect([without.code, without.stderr]).toEqual([
    7,
    expect.stringContaining('HYG_REFUSED_BACKUP'),
  ]);
  const run = await runCli([...up, '--backup-proof-command', line], { cwd, variables });
  expect([run.code, run.complaints]).toEqual([0, '']);
});
