import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** A browser that looks for nothing outside of this machine. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where a run of the tests has its browser. */
export const BROWSER = 'HYGIENE_TEST_BROWSER';

/**
 * Unpacks the browser, once on a machine. Before tests run side by side: two that unpack at one time
 * would each find half of a file.
 */
export function unpackBrowser(): Promise<string> {
  return chromium.executablePath();
}

/** A real browser from npm; whoever asks closes it. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env[BROWSER] ?? (await unpackBrowser());
  return playwright.launch({ executablePath, args: FLAGS });
}
