import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const TSX = new URL('node_modules/tsx/dist/loader.mjs', ROOT).href;
const BIN = fileURLToPath(new URL('src/cli/bin.ts', ROOT));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `hygiene` as a process of its own, to be killed. */
export class RunnerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;

  constructor(argv: readonly string[], options: { readonly cwd: string; readonly url: string }) {
    this.#child = spawn(process.execPath, ['--import', TSX, BIN, ...argv], {
      cwd: options.cwd,
      env: { ...process.env, DATABASE_URL: options.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    this.#child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    this.#ended = once(this.#child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout,
      stderr,
    }));
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  ended(): Promise<Ended> {
    return this.#ended;
  }
}
