import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cancelledError } from '../database/cancellable.ts';
import type { ProgramAccess } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import { type ProgramResult, runProgram } from '../programs/run-program.ts';

type Program = 'pg_dump' | 'pg_restore';

export interface ProgramPlace {
  /** Directory of the programs; null: where PATH says. */
  readonly directory: string | null;
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

interface ProgramRun {
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** In place of the one that is meant otherwise. */
  readonly database?: string;
}

/** PostgreSQL's own programs, as they reach one database. */
export class PostgresPrograms {
  readonly #place: ProgramPlace;
  readonly #access: ProgramAccess;

  constructor(place: ProgramPlace, access: ProgramAccess) {
    this.#place = place;
    this.#access = access;
  }

  /** @throws HygieneError HYG_BACKUP_TOOL where there is none */
  async versionOf(program: Program): Promise<string> {
    const { directory } = this.#place;
    const { signal } = new AbortController();
    const { exitCode, stdout } = await this.run(program, { args: ['--version'], signal });
    const [, version] = /(\d+(?:\.\d+)?(?:(?:devel|beta|rc)\d*)?)/.exec(stdout) ?? [];
    if (exitCode === 0 && version !== undefined) return version;
    throw new HygieneError('HYG_BACKUP_TOOL', {
      message: `There is no ${program} ${directory === null ? 'on the PATH' : `in ${directory}`}.`,
      hint: [
        'Install the client programs of PostgreSQL, in the version of the server or newer:',
        '  Debian, Ubuntu: apt-get install postgresql-client   macOS: brew install libpq',
        'or say where they are: --pg-bin DIRECTORY (HYGIENE_PG_BIN).',
      ].join('\n'),
    });
  }

  /** @throws HygieneError the reason of the signal, where that has ended it */
  async run(program: Program, { args, signal, database }: ProgramRun): Promise<ProgramResult> {
    const { directory, cwd, variables } = this.#place;
    const secrets = mkdtempSync(join(tmpdir(), 'hygiene-secrets-'));
    try {
      const result = await runProgram({
        command: [directory === null ? program : join(directory, program), ...args],
        ...{ cwd, signal, timeoutMs: null },
        variables: {
          ...withoutLibpq(variables),
          // Its words are read here, and shown to whoever reads English.
          LC_ALL: 'C',
          ...this.#access.variables,
          ...writeFiles(secrets, this.#access.files),
          ...(database !== undefined && { PGDATABASE: database }),
        },
      });
      if (result.ending === 'stopped') throw cancelledError(signal);
      return result;
    } finally {
      rmSync(secrets, { recursive: true, force: true });
    }
  }
}

/** Variables of libpq would lead the programs elsewhere than where we are. */
function withoutLibpq(variables: ProgramPlace['variables']): ProgramPlace['variables'] {
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) => !name.startsWith('PG') || name === 'PGPASSFILE'),
  );
}

function writeFiles(
  directory: string,
  files: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files).map(([variable, text]) => {
      const path = join(directory, variable.toLowerCase());
      // libpq refuses a key that others may read.
      writeFileSync(path, text, { mode: 0o600 });
      return [variable, path];
    }),
  );
}
