import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import axe from 'axe-core';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import { startBrowser } from '../support/browser.ts';
import { demoApplication } from './application.ts';

/** The width of A4 within the margins of the report, in CSS pixels. */
const PAPER_WIDTH = 688;

let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  const application = await demoApplication();
  await application.run('up');
  const made = await application.run(
    'report --password-time 0 --for engineering --out report.html',
  );
  if (made.code !== 0) throw new Error(made.stderr);
  browser = await startBrowser();
  page = await browser.newPage();
  page.on('console', (message) => errors.push(message.text()));
  page.on('request', (request) =>
    errors.push(...[request.url()].filter((url) => !/^(file|data):/.test(url))),
  );
  await page.goto(pathToFileURL(join(application.cwd, 'report.html')).href);
});
afterAll(() => browser.close());

test('a report opens from a file, asks for nothing, and keeps nobody out', async () => {
  expect(await page.locator('h1').innerText()).toMatch(/^Data hygiene of /);
  expect(await page.locator('.verdict').innerText()).toContain('The database is clean');
  await page.evaluate(axe.source);
  const serious = await page.evaluate(`axe.run(document).then(({ violations }) =>
    violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id))`);
  expect(serious).toEqual([]);
  expect(errors).toEqual([]);
});

test.each([
  ['print', PAPER_WIDTH],
  ['screen', 360],
] as const)('in %s at %d pixels nothing is wider than the page', async (media, width) => {
  await page.emulateMedia({ media });
  await page.setViewportSize({ width, height: 900 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  const beyond = await page.evaluate(`[...document.querySelectorAll('td')]
    .filter((cell) => cell.closest('.rows-chart') === null)
    .filter((cell) => cell.getBoundingClientRect().right > ${width} + 1)
    .map((cell) => cell.textContent)`);
  expect(beyond).toEqual([]);
});
