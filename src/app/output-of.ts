import { HygieneError } from '../kernel/errors.ts';
import { runProgram } from '../programs/run-program.ts';
import type { World } from './compose.ts';

interface Asked {
  /** A line for the shell. */
  readonly command: string;
  /** As people know what it prints. */
  readonly what: string;
  readonly timeoutMs: number;
}

/** @throws HygieneError HYG_USAGE where the command does not end well */
export async function outputOf(
  { cwd, variables, signal }: World,
  { command, what, timeoutMs }: Asked,
): Promise<string> {
  const result = await runProgram({ command, cwd, variables, signal, timeoutMs });
  if (result.exitCode === 0) return result.stdout;
  const why = result.ending === 'exited' ? `exit status ${String(result.exitCode)}` : result.ending;
  throw new HygieneError('HYG_USAGE', {
    message: `\`${command}\` gave no ${what} (${why}): ${result.stderr.trim().slice(-300)}`,
    hint: `It must print it on stdout and end with 0 within ${String(timeoutMs / 1000)} s.`,
  });
}
