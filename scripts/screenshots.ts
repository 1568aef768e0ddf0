/** Makes the pictures of docs/dashboard.md: every page of the dashboard, and a report, as people see them. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Browser } from 'playwright-core';

import { heldPurge } from '../test/dashboard/held-purge.ts';
import { serve, type Served } from '../test/dashboard/served.ts';
import { startBrowser } from '../test/support/browser.ts';
import { runCli } from '../test/support/cli.ts';
import { createDatabase, templateFor, type TestDatabase } from '../test/support/cloned-database.ts';
import { startPostgresServer } from '../test/support/postgres-server.ts';

const OUT = join(import.meta.dirname, '../docs/images');
const PURGE = '20260112090000_purge_demo_users';

/** As the sample's own, for a product that is not launched yet: payments go too, and nobody stays. */
const PURGE_ALL = `import { defineHygiene, purge, rows, sql } from 'pg-hygiene';

const demoUsers = rows('users', sql\`email ~* '@example\\.(com|org|net)$'\`);

export default defineHygiene({
  description: 'Remove the demo accounts that the old seed script left behind',
  ticket: 'OPS-123',
  up: purge(demoUsers, { dependents: 'all', budget: { max: 5_000 }, guard: true }),
  async verify({ expect }) {
    await expect.none(demoUsers);
    await expect.atLeast('admins', 1);
    await expect.unchanged('admins');
  },
});
`;

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1200, height: 800 };

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly scheme?: 'dark' | 'light';
  readonly viewport?: typeof DESK;
}

const server = await startPostgresServer();
process.env['HYGIENE_TEST_SERVER'] = server.url;
const directory = mkdtempSync(join(tmpdir(), 'hygiene-pictures-'));
const browser = await startBrowser();
try {
  mkdirSync(OUT, { recursive: true });
  cpSync(join(import.meta.dirname, '../hygiene'), join(directory, 'hygiene'), {
    recursive: true,
    filter: (path) => !path.endsWith('logs'),
  });
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(directory, 'hygiene', `${PURGE}.ts`), PURGE_ALL);
  const database = await createDatabase({ template: await templateFor('sample.sql') });
  await command(database, 'mark production');
  await picturesBefore(database);
  await picturesDuring();
  await picturesAfter(database);
  await database.drop();
} finally {
  await browser.close();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function picturesBefore(database: TestDatabase): Promise<void> {
  await pictures(database, [
    { name: 'overview-before', path: '/' },
    { name: 'scan-before', path: '/scan' },
    { name: 'migration-before', path: `/migrations/${PURGE}` },
    { name: 'users-before', path: '/pages/user-management' },
  ]);
}

/** The same purge in batches, held up half way. */
async function picturesDuring(): Promise<void> {
  const database = await createDatabase({ template: await templateFor('sample.sql') });
  const held = await heldPurge(database.url, directory);
  const served = await serve({ cwd: held.cwd, url: database.url });
  await take(browser, served, { name: 'progress-during', path: '/progress' });
  await served.stop();
  await held.stop();
  await database.drop();
}

async function picturesAfter(database: TestDatabase): Promise<void> {
  // Genuine rows go too, so that every table is empty.
  await database.execute(`
    delete from payments where user_id in (select id from users where email not like '%example.com');
    delete from subscriptions where user_id in (select id from users where email not like '%example.com');
    delete from reports where author_id in (select id from users where email not like '%example.com');
    delete from live_sessions where user_id in (select id from users where email not like '%example.com');
    delete from users where email not like '%example.com';
  `);
  await command(database, 'up', { HYGIENE_CONFIRM: database.name });
  await command(database, 'verify');
  await pictures(database, [
    { name: 'overview-after', path: '/' },
    { name: 'overview-after-dark', path: '/', scheme: 'dark' },
    { name: 'overview-after-phone', path: '/', viewport: PHONE },
    { name: 'ledger-after', path: '/ledger' },
    { name: 'ledger-after-phone', path: '/ledger', viewport: PHONE, scheme: 'dark' },
    { name: 'event-after', path: '/ledger/2' },
    { name: 'migrations-after', path: '/migrations' },
    { name: 'migration-after', path: `/migrations/${PURGE}` },
    { name: 'scan-after', path: '/scan' },
    { name: 'users-after', path: '/pages/user-management' },
    { name: 'sessions-after', path: '/pages/live-sessions' },
    { name: 'payments-after', path: '/pages/payments' },
    { name: 'reports-after', path: '/pages/reports' },
  ]);
  const file = join(directory, 'report.html');
  await command(database, `report --password-time 0 --out ${file}`);
  const page = await browser.newPage({ viewport: DESK });
  await page.goto(pathToFileURL(file).href);
  await page.screenshot({ path: join(OUT, 'report.png'), fullPage: true });
  await page.close();
  await database.execute(
    "alter table hygiene.ledger disable trigger all; update hygiene.ledger set note = 'edited' where seq = 2",
  );
  await pictures(database, [
    { name: 'overview-broken', path: '/' },
    { name: 'ledger-broken', path: '/ledger' },
  ]);
}

async function pictures(database: TestDatabase, shots: readonly Shot[]): Promise<void> {
  const served = await serve({ cwd: directory, url: database.url });
  for (const shot of shots) await take(browser, served, shot);
  await served.stop();
}

async function take(shown: Browser, served: Served, shot: Shot): Promise<void> {
  const { name, path, scheme = 'light', viewport = DESK } = shot;
  const page = await shown.newPage({ viewport, colorScheme: scheme });
  await page.goto(served.link);
  await page.goto(`${served.origin}${path}`);
  await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });
  await page.close();
}

async function command(
  database: TestDatabase,
  line: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  const run = await runCli(line.split(' '), {
    cwd: directory,
    variables: { DATABASE_URL: database.url, ...variables },
  });
  if (run.code !== 0) throw new Error(`${line}: ${run.stdout}${run.stderr}`);
}
