import { expect, test } from '@jest/globals';

import { runCli } from '../support/cli.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase('sample.sql');

test('smoke', async () => {
  const run = async (...argv: string[]) => {
    const r = await runCli(argv, { cwd: process.cwd(), variables: { DATABASE_URL: database.url, HYGIENE_LOG_DIR: '/tmp/hyg-logs' } });
    process.stdout.write(`$ ${argv.join(' ')}\n${r.stdout}--- stderr\n${r.stderr}--- ${r.code}\n`);
    return r;
  };
  for (const line of ['lint', 'plan', 'status --exit-code', 'up', 'up', 'verify', 'status', 'ledger', 'ledger verify', 'seed --foo x', 'upp', 'up --jsn', 'up x', 'up --dir', 'plan --exec-order foo', 'up --help', '', 'verify --json', 'init --mark production', 'up --json', 'ledger --limit 2 --migration foo']) {
    await run(...line.split(' ').filter((w) => w !== ''));
  }
  expect(1).toBe(1);
});
