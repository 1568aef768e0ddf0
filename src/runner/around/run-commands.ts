import type { RoutineCommand } from '../../policy/routine.ts';
import { type ProgramResult, runProgram } from '../../programs/run-program.ts';

/** Where the commands of a routine are run, and what they are told. */
export interface CommandPlace {
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export interface CommandOutcome {
  readonly command: string;
  readonly passed: boolean;
  readonly durationMs: number;
  /** Null: it did well. */
  readonly reason: string | null;
}

const SAID_CHARACTERS = 300;

/** Why a command counts as failed, in words; null: it does not. */
export function failureOf(
  { ending, exitCode, stdout, stderr }: ProgramResult,
  timeoutMs: number,
): string | null {
  if (exitCode === 0) return null;
  const said = (stderr.trim() === '' ? stdout : stderr).trim().slice(-SAID_CHARACTERS);
  const how = {
    exited: `exit status ${String(exitCode)}`,
    'timed out': `no end within ${String(timeoutMs / 1000)} s`,
    killed: 'it was killed',
    missing: 'there is no shell to run it',
    stopped: 'it was stopped',
  }[ending];
  return said === '' ? how : `${how}: ${said}`;
}

/** One after the other; none after one that fails, unless each is worth trying. */
export async function runCommands(
  commands: readonly RoutineCommand[],
  place: CommandPlace,
  how: {
    readonly signal: AbortSignal;
    readonly clock: { monotonicMs(): number };
    readonly all: boolean;
  },
): Promise<readonly CommandOutcome[]> {
  const outcomes: CommandOutcome[] = [];
  for (const { command, timeoutMs } of commands) {
    const startedAt = how.clock.monotonicMs();
    const result = await runProgram({ command, timeoutMs, signal: how.signal, ...place });
    const reason = failureOf(result, timeoutMs);
    const durationMs = Math.round(how.clock.monotonicMs() - startedAt);
    outcomes.push({ command, passed: reason === null, durationMs, reason });
    if (reason !== null && !how.all) break;
  }
  return outcomes;
}
