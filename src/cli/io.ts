/** The outside as a command sees it. Only `bin.ts` knows that it is a process. */
export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Whether stdout is a terminal: colours, never questions. */
  readonly isTty: boolean;
  readonly columns: number;
  /** Whether stderr is a terminal: a bar while it works. */
  readonly stderrIsTty: boolean;
  /** Of stderr just now: a window can be made narrower. */
  readonly stderrColumns: () => number;
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Those of the variables that came from --env-file. */
  readonly fromEnvFile?: ReadonlySet<string>;
  /** Aborts when the run shall stop; its reason is the error to end with. */
  readonly signal: AbortSignal;
}
