import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';

import type { Served } from './served.ts';

interface Violation {
  readonly id: string;
  readonly impact: string | null | undefined;
  readonly nodes: readonly string[];
}

/** Somebody who looks at the dashboard in a browser, and at what its console says. */
export class Visitor {
  readonly page: Page;
  /** Everything that went to the console as an error, and every exception. */
  readonly errors: string[] = [];
  readonly #served: Served;

  private constructor(page: Page, served: Served) {
    this.page = page;
    this.#served = served;
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  /** Opens the link that was printed. */
  static async of(browser: Browser, served: Served): Promise<Visitor> {
    const context = await browser.newContext();
    const visitor = new Visitor(await context.newPage(), served);
    await visitor.page.goto(served.link);
    return visitor;
  }

  /** @returns the status of the answer */
  async goto(path: string): Promise<number> {
    const answer = await this.page.goto(`${this.#served.origin}${path}`);
    return answer?.status() ?? 0;
  }

  /** Loads a page again and again, until its answer has this status: a reading is kept for a moment. */
  async gotoUntil(path: string, status: number): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await this.goto(path)) === status) return;
    }
    throw new Error(`${path} never had the status ${status}`);
  }

  /** All that a person can read. */
  text(): Promise<string> {
    return this.page.locator('body').innerText();
  }

  /** The texts of a column of the first table in the section, from the top. */
  async column(section: string, at: number): Promise<readonly string[]> {
    return this.page.locator(`#${section} tbody tr td:nth-child(${at})`).allInnerTexts();
  }

  /** What axe finds that keeps somebody from using the page. */
  async barriers(): Promise<readonly Violation[]> {
    await this.page.evaluate(axe.source);
    const found = await this.page.evaluate<readonly Violation[]>(`
      axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
        violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html) })))
    `);
    return found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  }

  /** Closes the browser's window. */
  async leave(): Promise<void> {
    await this.page.context().close();
  }
}
