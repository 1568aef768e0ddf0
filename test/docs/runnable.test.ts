import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { beforeAndAfter } from '../../src/report/demo.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import { fencesOf, page, pages, repository } from './pages.ts';
import { Reader } from './reader.ts';

const runnable = pages().filter((each) => fencesOf(each).some(({ isRunnable }) => isRunnable));

test.each(runnable.map((each) => [each.path, each] as const))(
  'whoever follows %s gets what it shows',
  async (_path, each) => {
    const reader = await Reader.sitDown();
    await expect(reader.follow(each)).resolves.toBeUndefined();
  },
);

test('the pages that show commands are among those that are run', () => {
  const paths = runnable.map(({ path }) => path);
  for (const wanted of ['README.md', 'docs/authoring.md', 'docs/commands.md', 'docs/ledger.md']) {
    expect(paths).toContain(wanted);
  }
});

const tables = ['admins', 'users', 'live_sessions', 'payments', 'subscriptions', 'reports'];

test('the table in the README is what the sample migrations do', async () => {
  const database = await freshDatabase('sample.sql');
  const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`);
  const count = async (): Promise<Record<string, number>> => {
    const [row = {}] = await database.query<Record<string, number>>(`select ${counts.join(', ')}`);
    return row;
  };
  const cwd = createProject();
  for (const name of readdirSync(join(repository, 'hygiene')).filter((each) =>
    each.includes('.'),
  )) {
    cpSync(join(repository, 'hygiene', name), join(cwd, 'hygiene', name));
  }
  const run = { cwd, variables: { DATABASE_URL: database.url } };

  const before = await count();
  const first = await runCli(['up'], run);
  const after = await count();
  const second = await runCli(['up'], run);

  expect([first.code, second.code]).toEqual([0, 0]);
  const { text } = page('README.md');
  expect(text).toContain(`\n${beforeAndAfter(before, after).join('\n')}\n`);
  const nothing = second.stdout.trimEnd().split('\n').at(-1);
  expect(nothing).toMatch(/^Nothing to do: 3 /);
  expect(text).toContain(`\n${String(nothing)}\n`);
});
