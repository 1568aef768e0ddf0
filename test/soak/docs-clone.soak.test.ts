import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { type Fence, fencesOf, page, repository } from '../docs/pages.ts';
import { expectShape } from '../docs/shape.ts';
import { createProject } from '../support/project.ts';

const fences = fencesOf(page('README.md'));

function marked(mark: string): Fence {
  const fence = fences.find(({ marks }) => marks.includes(mark));
  if (fence === undefined) throw new Error(`README.md has no block "${mark}"`);
  return fence;
}

function linesOf(fence: Fence | undefined): readonly string[] {
  if (fence === undefined) throw new Error('README.md shows no output of its block');
  return fence.lines;
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
    const block = marked('clone');
    const [shown] = fences.slice(fences.indexOf(block) + 1);
    const output = block.lines.map((line) => shell(line, clone)).join('');
    expectShape(output, linesOf(shown));
  }, 300_000);

  test('can install what is packed, and run it by both of its names', () => {
    shell('npm pack', clone);
    const [tarball = ''] = readdirSync(clone).filter((name) => name.endsWith('.tgz'));
    const project = createProject({ files: { 'package.json': '{ "private": true }' } });
    for (const line of marked('packed').lines) {
      shell(line.replace('pg-hygiene', join(clone, tarball)), project);
    }
    const version = shell('npx --no-install pg-hygiene --version', project);
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(shell('npx --no-install hygiene --version', project)).toBe(version);
  }, 300_000);
});
