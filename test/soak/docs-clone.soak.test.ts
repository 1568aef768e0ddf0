import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { fenceMarked, fencesOf, page, repository } from '../docs/pages.ts';
import { expectShape } from '../docs/shape.ts';
import { createProject } from '../support/project.ts';

const readme = page('README.md');

/** What it shows below a block. */
function shownBelow(mark: string): readonly string[] {
  const fences = fencesOf(readme);
  const at = fences.findIndex(({ marks }) => marks.includes(mark));
  const shown = fences[at + 1];
  if (shown === undefined) throw new Error(`README.md shows no output of its block "${mark}"`);
  return shown.lines;
}

/** As a shell that somebody has opened, and not as a script of npm that runs another. */
function shell(line: string, cwd: string): string {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd, env, encoding: 'utf8' });
  expect([line, status, stderr]).toEqual([line, 0, expect.any(String)]);
  return stdout;
}

describe('whoever follows the README', () => {
  const clone = createProject();

  beforeAll(() => {
    const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', listed, { cwd: repository, encoding: 'utf8' }).split('\0');
    for (const file of files.filter((each) => each !== '' && existsSync(join(repository, each)))) {
      cpSync(join(repository, file), join(clone, file));
    }
  });

  test('sees the demo that it shows', () => {
    const { lines } = fenceMarked(readme, 'clone');
    expectShape(lines.map((line) => shell(line, clone)).join(''), shownBelow('clone'));
  }, 300_000);

  test('can install what is packed, and run it by both of its names', () => {
    shell('npm pack', clone);
    const [tarball = ''] = readdirSync(clone).filter((name) => name.endsWith('.tgz'));
    const project = createProject({ files: { 'package.json': '{ "private": true }' } });
    for (const line of fenceMarked(readme, 'packed').lines) {
      shell(line.replace('pg-hygiene', join(clone, tarball)), project);
    }
    const version = shell('npx --no-install pg-hygiene --version', project);
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(shell('npx --no-install hygiene --version', project)).toBe(version);
  }, 300_000);
});
