/** Something in the repository that would put seed data into a database, or may. */
export interface Finding {
  readonly kind: 'command' | 'seed file' | 'setting' | 'start-up code' | 'mounted file';
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly what: string;
  /** What to do; where it can be fixed, what `--fix` does. */
  readonly proposal: string;
  /** `remark`: nothing has to be done, such as seeding for tests. */
  readonly level: 'finding' | 'remark';
  /** Whether `--fix` does it. */
  readonly fixable: boolean;
}

/** A new text for a file, or a new file. */
export interface FileChange {
  readonly file: string;
  readonly text: string;
  readonly what: string;
  /** True: the file must not be there yet. */
  readonly isNew: boolean;
}
