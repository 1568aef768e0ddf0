import { main } from '../../src/cli/main.ts';

export interface CliOptions {
  readonly cwd: string;
  /** Nothing of the real environment is seen. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly isTty?: boolean;
  readonly stderrIsTty?: boolean;
  readonly stderrColumns?: number;
  /** Told what goes to stdout or stderr, while the command runs. */
  readonly onStdout?: (text: string) => void;
  readonly onStderr?: (text: string) => void;
}

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of stderr what is no line of progress: only a slow machine prints those. */
  readonly complaints: string;
  /** The document on stdout; throws when stdout is anything else. */
  json(): Record<string, unknown>;
}

/** Such as `20260101000000_purge  5.0 s: removing users, 34 %`. */
const PROGRESS_LINE = /^\S+ {2}\d[\d. a-z]*: .*\n/gm;

/** Runs one command line in this process, and gives everything it printed. */
export async function runCli(argv: readonly string[], options: CliOptions): Promise<CliRun> {
  const { cwd, variables = {}, signal = new AbortController().signal, isTty = false } = options;
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(argv, {
    stdout: (text) => {
      out.push(text);
      options.onStdout?.(text);
    },
    stderr: (text) => {
      err.push(text);
      options.onStderr?.(text);
    },
    isTty,
    columns: 100,
    stderrIsTty: options.stderrIsTty ?? false,
    stderrColumns: () => options.stderrColumns ?? 100,
    cwd,
    variables,
    signal,
  });
  const stdout = out.join('');
  const stderr = err.join('');
  return {
    code,
    stdout,
    stderr,
    complaints: stderr.replaceAll(PROGRESS_LINE, ''),
    json: () => JSON.parse(stdout) as Record<string, unknown>,
  };
}
