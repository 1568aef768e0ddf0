import { spawnSync } from 'node:child_process';

/** Runs a program with the terminal of this one, and returns its exit code. */
export function runStep(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): number {
  const { status, error } = spawnSync(program, args, {
    stdio: 'inherit',
    env: { ...process.env, ...env },
    // npm is a .cmd file on Windows.
    shell: process.platform === 'win32' && program === 'npm',
  });
  if (error !== undefined) throw error;
  return status ?? 1;
}
