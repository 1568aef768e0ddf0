import { join, relative } from 'node:path';

import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';

interface Stop {
  readonly line: string;
  readonly about: string;
  /** Exit code that shows that it works. */
  readonly expected: number;
}

const tour: readonly Stop[] = [
  { line: 'plan --embedded', about: 'What would go, exactly, and nothing is kept:', expected: 0 },
  {
    line: 'up --embedded',
    about: 'Applied, each in one transaction, proven before commit:',
    expected: 0,
  },
  { line: 'verify --embedded', about: 'On every deploy, the same questions again:', expected: 0 },
  { line: 'status --embedded', about: 'Where every migration stands:', expected: 0 },
  { line: 'ledger --embedded', about: 'Who did what, when, chained by hashes:', expected: 0 },
  { line: 'up --embedded', about: 'A second run finds nothing to do:', expected: 0 },
  { line: 'seed', about: 'And nothing here can put the demo data back:', expected: 7 },
];

/**
 * A tour over a sample application with a database of its own, in `.hygiene/demo`.
 * @public
 */
export async function demo(context: CommandContext): Promise<CommandResult> {
  const { io, again, given, style } = context;
  const { countSampleRows, prepareSample } = await import('../../demo/sample-database.ts');
  const { beforeAndAfter } = await import('../../report/demo.ts');
  const directory = join(io.cwd, '.hygiene', 'demo');
  const say = given.flag('json')
    ? (): void => undefined
    : (text: string): void => {
        io.stdout(text);
      };

  const place = relative(io.cwd, directory);
  say(`Making a sample application in ${place}: 300 demo accounts among 20 genuine users.\n\n`);
  const before = await prepareSample(directory);
  say(`${style.bold(`$ cd ${place}`)}\n`);
  const steps: { readonly command: string; readonly exitCode: number }[] = [];
  for (const { line, about, expected } of tour) {
    io.signal.throwIfAborted();
    say(`\n${style.dim(`# ${about}`)}\n${style.bold(`$ hygiene ${line}`)}\n`);
    const exitCode = await again(line.split(' '), { cwd: directory, say });
    steps.push({ command: `hygiene ${line}`, exitCode });
    if (exitCode !== expected) throw unexpected(line, exitCode, expected);
  }
  const after = await countSampleRows(directory);
  return {
    outcome: 'done',
    exitCode: 0,
    text: [
      '',
      ...beforeAndAfter(before, after),
      '',
      `Look around: cd ${place}, then any command with --embedded.`,
    ],
    fields: { directory: place, steps, before, after },
  };
}

function unexpected(line: string, exitCode: number, expected: number): HygieneError {
  return new HygieneError('HYG_INTERNAL', {
    message: `In the demo, \`hygiene ${line}\` ended with ${exitCode} instead of ${expected}.`,
    hint: 'Please report it, with what was printed above.',
  });
}

export const demoCommand: Command = {
  name: 'demo',
  usage: 'demo',
  describe: 'Show everything on an embedded sample database (.hygiene/demo)',
  options: {},
  positionals: [],
  run: demo,
};
