import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';

import { startBrowser } from '../support/browser.ts';
import { createProject } from '../support/project.ts';
import { freshDatabase } from '../support/database.ts';
import { type Application, demoApplication, ID } from './application.ts';
import { heldPurge } from './held-purge.ts';
import { Line } from './line.ts';
import { serve, type Served, stopAll } from './served.ts';
import { Visitor } from './visitor.ts';

const OURS = ['/', '/ledger', '/migrations', `/migrations/${ID}`, '/scan', '/progress'];
const THEIRS = ['user-management', 'live-sessions', 'payments', 'reports'].map(
  (path) => `/pages/${path}`,
);
const ALL = [...OURS, ...THEIRS];

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await stopAll();
});

/** Every page answers, says nothing wrong to the console, and is usable with a screen reader. */
async function expectAllWell(visitor: Visitor, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    expect([path, await visitor.goto(path)]).toEqual([path, 200]);
    expect([path, await visitor.barriers()]).toEqual([path, []]);
  }
  expect(visitor.errors).toEqual([]);
}

describe('before the cleanup', () => {
  let served: Served;
  let visitor: Visitor;
  beforeAll(async () => {
    const { cwd, database } = await demoApplication();
    served = await serve({ cwd, url: database.url });
    visitor = await Visitor.of(browser, served);
  });
  afterAll(async () => {
    await visitor.leave();
    await served.stop();
  });

  test('every page is shown', async () => {
    await expectAllWell(visitor, ALL);
  });

  test('the overview says that there is no ledger, how to make it, and what is pending', async () => {
    await visitor.goto('/');
    expect(await visitor.text()).toMatch(/There is no ledger in this database yet.*hygiene up/);
    expect(await visitor.text()).toContain('1 migration pending.');
  });

  test('the migration shows its plan, table by table, and its source', async () => {
    await visitor.goto(`/migrations/${ID}`);
    const text = await visitor.text();
    expect(text).toContain('purge users');
    expect(text).toContain('live_sessions_user_id_fkey');
    expect(text).toContain("email ~* '@example[.](com|org|net)$'");
    expect(await visitor.page.locator('#plan svg rect.removed').count()).toBeGreaterThan(4);
  });

  test('the scan shows findings by table, and no value of a person', async () => {
    await visitor.goto('/scan');
    const text = await visitor.text();
    expect(text).toContain('email is in a domain reserved for examples and tests');
    expect(text).toMatch(/d\*\*\*@e\*\*\*\.c\*\*/);
    expect(text).not.toContain('demo1@example.com');
  });

  test('users are listed, admins apart, and no password hash is anywhere', async () => {
    await visitor.goto('/pages/user-management');
    expect((await visitor.column('users', 2))[0]).toMatch(/^demo\d+@example\.com$/);
    expect(await visitor.column('admins', 1)).toEqual(['margit.olsen@corp-mail.io']);
    expect(await visitor.page.content()).not.toContain('$2b$');
  });
});

describe('after the cleanup', () => {
  let application: Application;
  let served: Served;
  let visitor: Visitor;
  beforeAll(async () => {
    application = await demoApplication();
    await application.run('mark production');
    const up = await application.run(`up --confirm ${application.database.name}`);
    if (up.code !== 0) throw new Error(up.stderr);
    served = await serve({ cwd: application.cwd, url: application.database.url });
    visitor = await Visitor.of(browser, served);
  });
  afterAll(async () => {
    await visitor.leave();
    await served.stop();
  });

  test('every page is shown', async () => {
    await expectAllWell(visitor, [...ALL, '/ledger/1', '/ledger/2']);
  });

  test.each([
    ['user-management', 'users', 300],
    ['live-sessions', 'live_sessions', 600],
    ['payments', 'payments', 300],
    ['payments', 'subscriptions', 300],
    ['reports', 'reports', 100],
  ])('the page %s says why %s is empty', async (path, table, rows) => {
    await visitor.goto(`/pages/${path}`);
    const section = visitor.page.locator(`#${table.replace('_', '-')}`);
    const words = await section.innerText();
    expect(words).toContain('Empty, because it was cleaned');
    expect(words).toContain(`${ID} removed ${String(rows)} rows on `);
    await section.getByRole('link', { name: 'Ledger event' }).click();
    expect(await visitor.page.locator('h1').innerText()).toMatch(/^Event \d+: applied$/);
    expect(visitor.errors).toEqual([]);
  });

  test('a report has seen them too', async () => {
    const { stdout } = await application.run('report --json --password-time 0');
    const { criteria } = JSON.parse(stdout) as { readonly criteria: readonly object[] };
    expect(criteria).toContainEqual(
      expect.objectContaining({
        criterion: 'Empty states are shown',
        actual: '5 of 6 tables empty, 5 of them say why',
        passed: true,
      }),
    );
  });

  test('the admin is still there', async () => {
    await visitor.goto('/pages/user-management');
    expect(await visitor.column('admins', 1)).toEqual(['margit.olsen@corp-mail.io']);
  });

  test('the overview says clean, production, which database, and that the chain is intact', async () => {
    await visitor.goto('/');
    const text = await visitor.text();
    expect(text).toMatch(/clean\s+1 migration applied, nothing pending/);
    expect(text).toContain('production');
    expect(text).toContain('as it was marked');
    expect(text).toMatch(/\d+ events intact, head [0-9a-f]{8}/);
  });

  test('the migration shows rows, checks, archive with its end, guard and events', async () => {
    await visitor.goto(`/migrations/${ID}`);
    const text = await visitor.text();
    expect(text).toMatch(/users\s+300\s+300\s+0/);
    expect(text).toContain('admins unchanged');
    expect(text).toContain('30 days left');
    expect(text).toContain(`hygiene_guard_${ID}: validated`);
  });

  test('the ledger can be filtered, and its digest copied', async () => {
    await visitor.goto('/ledger');
    const digest = await visitor.page.locator('#digest').inputValue();
    const [head] = await application.database.query<{ hash: string }>(
      'select hash from hygiene.ledger order by seq desc limit 1',
    );
    expect(digest).toBe(head?.hash);
    await visitor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await visitor.page.getByRole('button', { name: 'Copy' }).click();
    await visitor.page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await visitor.page.evaluate('navigator.clipboard.readText()')).toBe(digest);
    await visitor.page.getByRole('combobox', { name: 'event' }).selectOption('applied');
    await visitor.page.getByRole('button', { name: 'Filter' }).click();
    expect(await visitor.page.locator('.chain li').count()).toBe(1);
  });

  test('works with the keyboard alone: the first stop skips to the content', async () => {
    await visitor.goto('/ledger');
    await visitor.page.keyboard.press('Tab');
    await visitor.page.keyboard.press('Enter');
    expect(await visitor.page.evaluate('document.activeElement.id')).toBe('content');
  });

  test('fits a phone: nothing is wider than its screen', async () => {
    await visitor.page.setViewportSize({ width: 360, height: 740 });
    for (const path of ALL) {
      await visitor.goto(path);
      const width = await visitor.page.evaluate('document.documentElement.scrollWidth');
      expect([path, width]).toEqual([path, 360]);
    }
  });

  test('a broken chain is the first thing that is said', async () => {
    await application.database.execute(`
      alter table hygiene.ledger disable trigger all;
      update hygiene.ledger set note = 'edited' where seq = 2;
    `);
    await visitor.goto('/ledger');
    const notice = visitor.page.locator('main .verdict');
    expect(await notice.innerText()).toMatch(/^BROKEN/);
    expect(await visitor.text()).toContain('event 2: it was changed after it was recorded');
    expect(await visitor.page.locator('.chain li.broken').count()).toBeGreaterThan(0);
    await visitor.goto('/');
    expect(await notice.innerText()).toMatch(/^broken/);
    expect(await notice.getAttribute('role')).toBe('alert');
    expect(await visitor.barriers()).toEqual([]);
  });
});

describe('during a purge in batches', () => {
  test('its progress is shown, with what it waits for, and moves by itself', async () => {
    const database = await freshDatabase('sample.sql');
    const held = await heldPurge(database.url, createProject());
    const served = await serve({ cwd: held.cwd, url: database.url });
    const visitor = await Visitor.of(browser, served);
    await expectAllWell(visitor, [...OURS, '/pages/user-management']);

    await visitor.goto('/');
    expect(await visitor.text()).toMatch(/running\s+.* is applied in batches/);
    await visitor.goto('/progress');
    await visitor.page.getByText('Watching').waitFor();
    expect(await visitor.text()).toMatch(/\d+ of 1,600 rows, \d+ %/);
    expect(await visitor.text()).toContain('Waits for the throttle of hygiene/config.');
    const bar = visitor.page.getByRole('progressbar', { name: held.id });
    expect(Number(await bar.getAttribute('value'))).toBeGreaterThan(0);

    await database.execute("update hygiene.progress set rows_done = 800, waiting_for = 'a test'");
    await visitor.page.getByText('800 of 1,600 rows, 50 %').waitFor();
    await held.stop();
    await visitor.page.getByText('No run is at work on it').waitFor();
    expect(visitor.errors).toEqual([]);
    await visitor.leave();
    await served.stop();
  });
});

describe('with the database down', () => {
  test('every page says so, and works again when it is back', async () => {
    const application = await demoApplication();
    const { cwd, database } = application;
    await application.run('up');
    const line = await Line.to(database.url);
    const served = await serve({ cwd, url: line.url });
    const visitor = await Visitor.of(browser, served);
    await visitor.goto('/pages/user-management');
    line.cut();
    const pages = [...THEIRS, '/', '/migrations', '/ledger', `/migrations/${ID}`, '/scan'];
    for (const path of pages) {
      await visitor.gotoUntil(path, 503);
      expect(await visitor.text()).toMatch(/HYG_DB_(UNREACHABLE|CONNECTION_LOST)/);
      expect([path, await visitor.barriers()]).toEqual([path, []]);
    }
    expect(await visitor.page.getByRole('link', { name: 'Try again' }).count()).toBe(1);
    expect(await visitor.goto('/progress')).toBe(200);
    expect(await visitor.text()).toContain('not known');
    const refused = await served.get('/api/pages/user-management/admins?page=1&sort=email');
    expect(refused.status).toBe(503);
    expect(await visitor.goto('/scan')).toBe(503);
    line.mend();
    await visitor.page.getByRole('link', { name: 'Try again' }).click();
    expect(await visitor.page.locator('h1').innerText()).toBe('Scan');
    await visitor.leave();
    await served.stop();
    await line.close();
  });
});
