import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';

import { startBrowser } from '../support/browser.ts';
import { createProject } from '../support/project.ts';
import { freshDatabase } from '../support/database.ts';
import { SAMPLE_CONFIG } from './application.ts';
import { Line } from './line.ts';
import { serve, type Served, stopAll } from './served.ts';
import { Visitor } from './visitor.ts';

let browser: Browser;
let line: Line;
let served: Served;
let visitor: Visitor;

beforeAll(async () => {
  const database = await freshDatabase('sample.sql');
  await database.execute(`
    insert into users (email, name, created_at)
    values ('script@corp-mail.io', '<script>window.hit = 1</script><img src=x onerror="window.hit = 1">', '2027-01-01');
  `);
  line = await Line.to(database.url);
  const cwd = createProject({ config: SAMPLE_CONFIG });
  served = await serve({ cwd, url: line.url });
  browser = await startBrowser();
  visitor = await Visitor.of(browser, served);
});
afterAll(async () => {
  await browser.close();
  await stopAll();
  await line.close();
});

const users = '/pages/user-management';

describe('a table', () => {
  test("shows a script in a user's name as text", async () => {
    await visitor.goto(users);
    expect((await visitor.column('users', 3))[0]).toBe(
      '<script>window.hit = 1</script><img src=x onerror="window.hit = 1">',
    );
    expect(await visitor.page.evaluate('window.hit')).toBeUndefined();
    await visitor.page.locator('#users').getByRole('link', { name: 'name' }).click();
    await visitor.page.locator('#users th[aria-sort="ascending"]', { hasText: 'name' }).waitFor();
    await visitor.page.getByLabel('Search').fill('<script>');
    await visitor.page.getByLabel('Search').press('Enter');
    await visitor.page.locator('#users').getByText('1–1 of 1').first().waitFor();
    expect(await visitor.page.evaluate('window.hit')).toBeUndefined();
    expect(visitor.errors).toEqual([]);
  });

  test('is sorted by a click, the other way by the next, and says so', async () => {
    await visitor.goto(users);
    const heading = visitor.page.locator('#users th', { hasText: 'email' });
    await heading.getByRole('link').click();
    await visitor.page.locator('#users th[aria-sort="ascending"]', { hasText: 'email' }).waitFor();
    const ascending = await visitor.column('users', 2);
    expect(ascending[0]).toBe('aino.virtanen@corp-mail.io');
    await heading.getByRole('link').click();
    await visitor.page.locator('#users th[aria-sort="descending"]', { hasText: 'email' }).waitFor();
    expect((await visitor.column('users', 2))[0]).toBe('zofia.kowal@corp-mail.io');
    expect(visitor.page.url()).toContain('sort=email');
  });

  test('is paged without a row twice or missing, and the address holds the place', async () => {
    await visitor.goto(`${users}?table=users&sort=id`);
    const next = visitor.page.locator('#users').getByRole('link', { name: 'Next' });
    const seen = [...(await visitor.column('users', 1))];
    while ((await next.count()) > 0) {
      await next.click();
      await visitor.page
        .getByText(`${String(seen.length + 1)}–`)
        .first()
        .waitFor();
      seen.push(...(await visitor.column('users', 1)));
    }
    expect(new Set(seen).size).toBe(321);
    expect(seen).toHaveLength(321);
    await visitor.page.reload();
    expect(await visitor.column('users', 1)).toEqual(seen.slice(-21));
  });

  test('is searched, says so when nothing fits, and takes wildcards for letters', async () => {
    await visitor.goto(users);
    await visitor.page.getByLabel('Search').fill('ZIELINSKI');
    await visitor.page.getByRole('button', { name: 'Search' }).click();
    await visitor.page.locator('#users').getByText('1–1 of 1').first().waitFor();
    expect(await visitor.column('users', 3)).toEqual(['Piotr Zielinski']);
    await visitor.page.getByLabel('Search').fill('%');
    await visitor.page.getByRole('button', { name: 'Search' }).click();
    await visitor.page.getByText('No row holds “%”.').waitFor();
    expect(await visitor.barriers()).toEqual([]);
  });

  test('works without scripts too', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(served.link);
    await page.goto(`${served.origin}${users}`);
    await page.locator('#users').getByRole('link', { name: 'Next' }).click();
    expect(await page.locator('#users [role=status]').innerText()).toBe('26–50 of 321');
    await page.getByLabel('Search').fill('zofia');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.locator('#users [role=status]').innerText()).toBe('1–1 of 1');
    await context.close();
  });
});

describe('while it loads', () => {
  test('it says so, and to a screen reader too', async () => {
    await visitor.goto(users);
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await visitor.page.route('**/api/**', async (route) => {
      await held;
      await route.continue();
    });
    await visitor.page.locator('#users').getByRole('link', { name: 'Next' }).click();
    await visitor.page.getByRole('status').getByText('Loading…').waitFor();
    expect(await visitor.page.locator('#users').getAttribute('aria-busy')).toBe('true');
    answer();
    await visitor.page.getByText('26–50 of 321').waitFor();
    expect(await visitor.page.locator('.loading').count()).toBe(0);
    expect(await visitor.page.locator('#users').getAttribute('aria-busy')).toBeNull();
    await visitor.page.unroute('**/api/**');
  });
});

describe('when it fails', () => {
  test('it says why, keeps the rows, and can be tried again', async () => {
    await visitor.goto(`${users}?table=users&sort=name`);
    const before = await visitor.column('users', 1);
    line.cut();
    await visitor.page.locator('#users').getByRole('link', { name: 'Next' }).click();
    const alert = visitor.page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/database|connection/i);
    expect(await visitor.column('users', 1)).toEqual(before);
    line.mend();
    await visitor.page.getByRole('button', { name: 'Try again' }).click();
    await visitor.page.getByText('26–50 of 321').waitFor();
    expect(await visitor.page.getByRole('alert').count()).toBe(0);
  });

  test('it says so when the dashboard itself is gone', async () => {
    await visitor.goto(users);
    await visitor.page.route('**/api/**', (route) => route.abort());
    await visitor.page.locator('#users').getByRole('link', { name: 'Next' }).click();
    const alert = visitor.page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toContain('The dashboard does not answer.');
    await visitor.page.unroute('**/api/**');
  });
});
