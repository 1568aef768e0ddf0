import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect } from '@jest/globals';

import { runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import { type Fence, fencesOf, type Page } from './pages.ts';

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
    for (const fence of fencesOf(page)) await this.#do(fence);
  }

  async #do({ language, isRunnable, lines }: Fence): Promise<void> {
    const [, path] = /^(?:\/\/|--) (hygiene\/\S+)$/.exec(lines[0] ?? '') ?? [];
    if (path !== undefined) this.#write(path, lines);
    if (!isRunnable) return;
    if (language === 'sql') await this.#database.execute(lines.join('\n'));
    else if (language === 'sh') await this.#runAll(lines);
    else if (language === 'console') await this.#compareAll(lines);
    else throw new Error(`nobody knows how to run a block of "${language}"`);
  }

  /** As an editor would save it: the file that `create` has made gets the page's version. */
  #write(path: string, lines: readonly string[]): void {
    const file = join(this.#cwd, path);
    mkdirSync(dirname(file), { recursive: true });
    const nameOf = (each: string): string => each.replace(/^.*\d{14}_/, '');
    for (const other of readdirSync(dirname(file))) {
      if (nameOf(other) === nameOf(path)) rmSync(join(dirname(file), other));
    }
    writeFileSync(file, `${lines.join('\n')}\n`);
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

  async #run(line: string): Promise<string> {
    if (line === 'echo $?') return String(this.#lastCode);
    const [, command] = /^npx (?:pg-)?hygiene (.+)$/.exec(line) ?? [];
    if (command === undefined) throw new Error(`nobody knows how to run "${line}"`);
    const variables = { DATABASE_URL: this.#database.url };
    const run = await runCli(wordsOf(command), { cwd: this.#cwd, variables });
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

/** What differs from run to run and from machine to machine. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/^\S+:\d+\/\S+ as \S+ \(from/gm, 'TARGET (from'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME'],
  [/ {2,}(?:\S+ \/ )?\S+ {2,}[0-9a-f]{8}$/gm, '  WHO  HASH'],
  [/by {2,}hash$/gm, 'by  hash'],
  [/(?<=[( ])\d[\d.,]* m?s\b/g, 'DURATION'],
  [/\b\d[\d.]* (?:kB|MB)\b/g, 'SIZE'],
  [/hash [0-9a-f]{8}/g, 'hash HASH'],
  [/sha256:[0-9a-f]{64}/g, 'sha256:HASH'],
  [/cleanup_log_\d{8}T\d{6}Z/g, 'cleanup_log_TIME'],
  [/created {2}hygiene\/\d{14}_/g, 'created  hygiene/VERSION_'],
  [/ {2,}/g, '  '],
];

function shapeOf(text: string): string {
  return CHANGING.reduce(
    (result, [pattern, word]) => result.replaceAll(pattern, word),
    text,
  ).trim();
}

/** `…` alone on a line stands for any lines. */
function expectShape(actual: string, shown: readonly string[]): void {
  const shape = shapeOf(actual);
  const parts = shapeOf(shown.join('\n')).split('\n');
  if (!parts.includes('…')) {
    expect(shape).toBe(parts.join('\n'));
    return;
  }
  const pattern = parts
    .map((line) => (line === '…' ? '(?:.*\n)*?' : `${escaped(line)}\n`))
    .join('');
  expect(`${shape}\n`).toMatch(new RegExp(`^${pattern}$`));
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
