import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { page, pages, type Page, proseOf, repository } from './pages.ts';

const records = readdirSync(join(repository, 'docs/adr')).map((name) => page(`docs/adr/${name}`));
const everything: readonly Page[] = [...pages(), page('CHANGELOG.md'), ...records];

/** As GitHub makes them from headings. */
function anchorsOf(where: Page): readonly string[] {
  return [...proseOf(where).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Links within the repository that lead nowhere. */
function brokenLinks(from: Page): readonly string[] {
  const links = [...proseOf(from).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? from.path : join(dirname(from.path), path);
      if (!existsSync(join(repository, target))) return true;
      return anchor !== undefined && !anchorsOf(page(target)).includes(anchor);
    });
}

describe.each(everything.map((each) => [each.path, each] as const))('%s', (_path, each) => {
  test('has no link that leads nowhere', () => {
    expect(brokenLinks(each)).toEqual([]);
  });

  test('names no place of the machine it was written on', () => {
    expect(each.text).not.toMatch(/\/(?:home|root|tmp|work|Users)\/|registry\./);
  });
});

describe('the README', () => {
  const lines = page('README.md').text.split('\n').slice(0, 40);

  test('shows both commands and how they end in its first 40 lines', () => {
    expect(lines).toContain('npm ci && npm run demo');
    expect(lines).toContain('npm ci && npm test');
    const text = lines.join('\n');
    expect(text).toMatch(/^Nothing to do: \d+ migrations applied/m);
    expect(text).toMatch(/^table +before +after$/m);
    expect(text).toMatch(/^Test Suites: (\d+) passed, \1 total$/m);
    // The numbers grow with every change, so only their form is held.
    expect(text).toMatch(/^Tests: +\d+ skipped, \d+ passed, \d+ total$/m);
  });

  test('shows every page of the documentation', () => {
    const docs = pages().filter(({ path }) => /^docs\/(?!README)/.test(path));
    const { text } = page('README.md');
    for (const { path } of docs) expect(text).toContain(`(${path}`);
  });
});

test('a link that leads nowhere is found', () => {
  const text =
    '# A\n[a](LICENSE) [b](no-such-file.md) [c](README.md#not-yet) [d](#no-such-heading)';
  expect(brokenLinks({ path: 'README.md', text })).toEqual(['no-such-file.md', '#no-such-heading']);
});
