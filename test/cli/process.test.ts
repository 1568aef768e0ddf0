import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));

function shell(line: string): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const hygiene = `"${process.execPath}" --import tsx src/cli/bin.ts`;
  return spawnSync(
    'bash',
    ['--norc', '-c', `set -o pipefail; hygiene() { ${hygiene} "$@"; }; ${line}`],
    {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '' },
    },
  );
}

test('--version is answered without loading anything', () => {
  const { status, stdout, stderr } = shell('hygiene --version');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a reader that leaves early does no harm', () => {
  const { status, stderr } = shell('hygiene --help | true');
  expect([status, stderr]).toEqual([0, '']);
});

test('the exit code is that of the command', () => {
  const { status, stdout, stderr } = shell('hygiene seed');
  expect([status, stdout]).toEqual([7, '']);
  expect(stderr).toMatch(/^error HYG_REFUSED_SEED/);
});
