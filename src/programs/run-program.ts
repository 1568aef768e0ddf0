import { type ChildProcess, spawn } from 'node:child_process';

import { endProcess } from './end-process.ts';

export interface ProgramRequest {
  /** The program and its arguments; or one line for the shell of the system. */
  readonly command: readonly [program: string, ...args: string[]] | string;
  readonly cwd: string;
  /** All of its environment. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Null: no limit. In milliseconds. */
  readonly timeoutMs: number | null;
  /** Ends the program when it aborts. */
  readonly signal: AbortSignal;
}

export interface ProgramResult {
  /** `missing`: there is no such program; `stopped`: our signal aborted. */
  readonly ending: 'exited' | 'killed' | 'missing' | 'stopped' | 'timed out';
  /** Null where it did not exit by itself. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** More than a person reads; the end of it tells what went wrong. */
const KEPT_CHARACTERS = 1_000_000;
/** How long the output of a program that has ended may take to arrive. */
const LAST_WORDS_MS = 500;

/**
 * Runs another program to its end, and never longer than it may. A shell line is ended with all that it
 * has started. Nothing is thrown: how it ended is the result.
 */
export async function runProgram(request: ProgramRequest): Promise<ProgramResult> {
  const { signal, timeoutMs } = request;
  if (signal.aborted) return { ending: 'stopped', exitCode: null, stdout: '', stderr: '' };
  const child = start(request);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const reasons: ('stopped' | 'timed out')[] = [];
  const end = (why: 'stopped' | 'timed out'): void => {
    reasons.push(why);
    endProcess(child);
  };
  const stop = (): void => {
    end('stopped');
  };
  signal.addEventListener('abort', stop, { once: true });
  const timer =
    timeoutMs === null
      ? undefined
      : setTimeout(() => {
          end('timed out');
        }, timeoutMs);
  const { code, isMissing } = await ended(child);
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  const [reason = code === null ? 'killed' : 'exited'] = reasons;
  const ending = isMissing ? 'missing' : reason;
  return {
    ending,
    exitCode: ending === 'exited' ? code : null,
    stdout: stdout(),
    stderr: stderr(),
  };
}

function start({ command, cwd, variables }: ProgramRequest): ChildProcess {
  const options = {
    ...{ cwd, env: { ...variables } },
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    // A group of its own: what a shell line has started can be ended with it.
    detached: process.platform !== 'win32',
  };
  if (typeof command === 'string') return spawn(command, { ...options, shell: true });
  const [program, ...args] = command;
  return spawn(program, args, options);
}

function ended(child: ChildProcess): Promise<{ code: number | null; isMissing: boolean }> {
  return new Promise((resolve) => {
    child.once('error', () => {
      resolve({ code: null, isMissing: child.pid === undefined });
    });
    child.once('close', (code) => {
      resolve({ code, isMissing: false });
    });
    // What it has left running in the background may keep its output open for ever.
    child.once('exit', (code) => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve({ code, isMissing: false });
      }, LAST_WORDS_MS).unref();
    });
  });
}

/** @returns what has come so far, the end of it if it is too much */
function collect(stream: ChildProcess['stdout']): () => string {
  let text = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-KEPT_CHARACTERS);
  });
  return () => text;
}
