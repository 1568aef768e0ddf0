import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect } from '@jest/globals';

import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import { type Fence, fencesOf, type Page, pathOf } from './pages.ts';
import { expectShape } from './shape.ts';

const PACKAGE_JSON = '{ "type": "module", "devDependencies": { "typescript": "*" } }\n';

/** Somebody who follows a page from top to bottom, in a project with the sample application's database. */
export class Reader {
  readonly #cwd = createProject({ files: { 'package.json': PACKAGE_JSON } });
  readonly #database: Awaited<ReturnType<typeof freshDatabase>>;
  #lastCode = 0;

  private constructor(database: Awaited<ReturnType<typeof freshDatabase>>) {
    this.#database = database;
  }

  static async sitDown(): Promise<Reader> {
    return new Reader(await freshDatabase('sample.sql'));
  }

  async follow(page: Page): Promise<void> {
    for (const fence of fencesOf(page)) {
      const path = pathOf(fence);
      if (path !== null) this.save(path, fence.lines);
      if (fence.isRunnable) await this.try(fence);
    }
  }

  /** As an editor would: the file that `create` has made gets the page's version. */
  save(path: string, lines: readonly string[]): void {
    const file = join(this.#cwd, path);
    mkdirSync(dirname(file), { recursive: true });
    const nameOf = (each: string): string => each.replace(/^.*\d{14}_/, '');
    for (const other of readdirSync(dirname(file))) {
      if (nameOf(other) === nameOf(path)) rmSync(join(dirname(file), other));
    }
    writeFileSync(file, `${lines.join('\n')}\n`);
  }

  execute(statements: string): Promise<void> {
    return this.#database.execute(statements);
  }

  async try({ language, lines }: Fence): Promise<void> {
    if (language === 'sql') await this.execute(lines.join('\n'));
    else if (language === 'sh') await this.#runAll(lines);
    else if (language === 'console') await this.#compareAll(lines);
    else throw new Error(`nobody knows how to run a block of "${language}"`);
  }

  async #runAll(lines: readonly string[]): Promise<void> {
    for (const line of lines.filter((each) => each !== '')) {
      const output = await this.#run(line);
      expect([line, this.#lastCode, output]).toEqual([line, 0, output]);
    }
  }

  async #compareAll(lines: readonly string[]): Promise<void> {
    const commands = lines.join('\n').split(/^\$ /m).slice(1);
    for (const [at, text] of commands.entries()) {
      const [command = '', ...shown] = text.trimEnd().split('\n');
      const output = await this.#run(command);
      expectShape(output, shown);
      const isCodeShown = commands[at + 1]?.startsWith('echo $?') ?? false;
      const isSuccess = this.#lastCode === 0 || isCodeShown || command.startsWith('echo');
      expect([command, isSuccess]).toEqual([command, true]);
    }
  }

  /** @param command without the name of the tool */
  async hygiene(command: string): Promise<CliRun> {
    const variables = { DATABASE_URL: this.#database.url };
    return runCli(wordsOf(command), { cwd: this.#cwd, variables });
  }

  async #run(line: string): Promise<string> {
    if (line === 'echo $?') return String(this.#lastCode);
    const [, command] = /^npx (?:pg-)?hygiene (.+)$/.exec(line) ?? [];
    if (command === undefined) throw new Error(`nobody knows how to run "${line}"`);
    const run = await this.hygiene(command);
    this.#lastCode = run.code;
    return run.stdout + run.stderr;
  }
}

/** As a shell takes a line apart that has no variables and no backslashes. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
}
