import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { type Fence, fencesOf, page, pages, repository } from './pages.ts';

/** Marks of a block that somebody runs, and who does. */
const RUN_BY: Readonly<Record<string, string>> = {
  runnable: 'test/docs/runnable.test.ts',
  batches: 'test/docs/situations.test.ts',
  new: 'test/docs/situations.test.ts',
  planned: 'test/docs/situations.test.ts',
  pg_dump: 'test/soak/docs-programs.soak.test.ts',
  psql: 'test/soak/docs-programs.soak.test.ts',
  fleet: 'test/soak/docs-programs.soak.test.ts',
  aws: 'test/soak/docs-aws.soak.test.ts',
  clone: 'test/soak/docs-clone.soak.test.ts',
  packed: 'test/soak/docs-clone.soak.test.ts',
  tests: '.ci/run',
};

const SHELL: ReadonlySet<string> = new Set(['sh', 'bash', 'shell', 'console']);

const blocks: readonly (readonly [path: string, fence: Fence])[] = pages().flatMap((each) =>
  fencesOf(each)
    .filter(({ language }) => SHELL.has(language))
    .map((fence) => [each.path, fence] as const),
);

test('each block for the shell is run by somebody', () => {
  const idle = blocks.filter(([, { marks }]) => !marks.some((mark) => mark in RUN_BY));
  expect(idle.map(([path, { lines }]) => [path, ...lines])).toEqual([]);
});

test('each mark is in use, and known to who runs it', () => {
  const used = new Set(blocks.flatMap(([, { marks }]) => marks));
  expect([...used].sort()).toEqual(Object.keys(RUN_BY).sort());
  const readers = Object.entries(RUN_BY).filter(([mark]) => !['runnable', 'tests'].includes(mark));
  for (const [mark, file] of readers) {
    expect([mark, readFileSync(join(repository, file), 'utf8')]).toEqual([
      mark,
      expect.stringMatching(new RegExp(`\\b${mark}\\b`)),
    ]);
  }
});

test('docs/README.md says how each kind is run', () => {
  const { text } = page('docs/README.md');
  expect(Object.keys(RUN_BY).filter((mark) => !text.includes(`\`${mark}\``))).toEqual([]);
});

test('the commands that test the project are what continuous integration runs', () => {
  const lines = blocks
    .filter(([, { marks }]) => marks.includes('tests'))
    .flatMap(([, fence]) => fence.lines.flatMap((line) => line.split(' && ')));
  const steps = readFileSync(join(repository, '.ci/run'), 'utf8')
    .split('\n')
    .map((line) => line.replace(/ -- --json .*$/, ''));
  expect(new Set(lines)).toEqual(new Set(['npm ci', 'npm test']));
  for (const line of lines) expect(steps).toContain(`step ${line}`);
});
