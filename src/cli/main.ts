import { resolve } from 'node:path';

import type { ConnectOptions, World } from '../app/compose.ts';
import { toHygieneError } from '../kernel/errors.ts';
import { systemClock, systemRandom } from '../kernel/ports.ts';
import { styleFor } from './colours.ts';
import type { Command, CommandContext, CommandResult } from './command.ts';
import { commands } from './commands.ts';
import { seedCommand } from './commands/seed.ts';
import { envFileVariables } from './env-file.ts';
import { connectOptions, GivenOptions, sharedOnly } from './given-options.ts';
import type { Io } from './io.ts';
import { createLogger, type LogLevel } from './logging.ts';
import { sharedOptions } from './options.ts';
import { type PlainLine, readPlainLine } from './plain-line.ts';
import { Printer } from './printer.ts';
import { Progress } from './progress.ts';

/** Runs one command line and returns its exit code. Prints, but never touches the process. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  if (argv[0] === seedCommand.name) return refuseSeed(argv, io);
  const line = await readLine(argv, io);
  if (typeof line === 'number') return line;
  const { command, flags } = line;
  const specs = { ...sharedOptions, ...command.options };
  const given = new GivenOptions(flags, specs, io.variables);
  try {
    const fromFile = envFileVariables(io.variables, given.text('env-file'), io.cwd);
    const variables = { ...fromFile, ...io.variables };
    const fromEnvFile = new Set(Object.keys(fromFile));
    return await run(command, { ...io, variables, fromEnvFile }, given.with(variables));
  } catch (thrown) {
    return failedEarly(thrown, { command: command.name, given, io });
  }
}

/** Before anything is read: no option and no variable can make it something else. */
function refuseSeed(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes('--json') || isJson(sharedOnly({}, io.variables));
  return run(seedCommand, io, sharedOnly({ json }, {}));
}

/** The command, or the exit code when there is nothing to run. */
async function readLine(argv: readonly string[], io: Io): Promise<PlainLine | number> {
  try {
    if (argv[0] === '--version') return await printVersion(io);
    const words = reworded(argv);
    const plain = readPlainLine(words, commands);
    if (plain !== null) return plain;
    const { readCommandLine } = await import('./parser.ts');
    const line = await readCommandLine(words, { commands, columns: io.columns });
    if (line.kind === 'command') return line;
    io.stdout(line.text);
    return 0;
  } catch (thrown) {
    const given = sharedOnly({ json: argv.includes('--json') || undefined }, io.variables);
    const named = commands.find(({ name }) => argv.includes(name));
    return failedEarly(thrown, { command: named?.name ?? '', given, io });
  }
}

function reworded(argv: readonly string[]): readonly string[] {
  const named = commands.find(({ name }) => name === argv[0]);
  return named?.reworded?.(argv) ?? argv;
}

async function printVersion(io: Io): Promise<number> {
  const { toolVersion } = await import('../app/tool-version.ts');
  io.stdout(`${toolVersion()}\n`);
  return 0;
}

interface Early {
  readonly command: string;
  readonly given: GivenOptions;
  readonly io: Io;
}

/** Before options could be read, so these are taken with care. */
function failedEarly(thrown: unknown, { command, given, io }: Early): number {
  const safe = sharedOnly({ json: isJson(given) }, {});
  const printer = new Printer({ command, io, json: isJson(given), style: styleFor(io, safe) });
  return printer.finish(failure(thrown), []);
}

function isJson(given: GivenOptions): boolean {
  try {
    return given.flag('json');
  } catch {
    return false;
  }
}

async function run(command: Command, outside: Io, given: GivenOptions): Promise<number> {
  const connect = connectOptions(given);
  const progress = progressOf(outside, given);
  const { io } = progress;
  const style = styleFor(io, given);
  const printer = new Printer({ command: command.name, io, json: given.flag('json'), style });
  const world = worldOf(progress, given, printer);
  const context: CommandContext = {
    io,
    world,
    connect,
    given,
    style,
    announce: (target, environment) => {
      printer.announce(target, environment);
    },
    say: (lines) => {
      printer.say(lines);
    },
    again: (argv, { cwd, say }) =>
      main(argv, {
        ...io,
        cwd,
        stdout: say,
        stderr: say,
        stderrIsTty: false,
        variables: withoutOurs(io.variables),
      }),
  };
  const result = await command.run(context).catch(failure);
  progress.end();
  logCause(world, result);
  return printer.finish(result, await contactsFor(result, world, connect));
}

function withoutOurs(variables: Io['variables']): Io['variables'] {
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) => !name.startsWith('HYGIENE_')),
  );
}

function progressOf(io: Io, given: GivenOptions): Progress {
  const style = styleFor({ ...io, isTty: io.stderrIsTty }, given);
  return new Progress({ io, json: given.flag('json'), style, clock: systemClock });
}

function worldOf(progress: Progress, given: GivenOptions, printer: Printer): World {
  const { io } = progress;
  const { cwd, variables, signal } = io;
  const file = given.text('log-file');
  const logger = createLogger({
    level: (given.text('log-level') ?? 'warn') as LogLevel,
    file: file === null ? null : resolve(cwd, file),
    stderr: (text) => {
      io.stderr(text);
    },
  });
  return {
    cwd,
    variables,
    signal,
    logger,
    clock: systemClock,
    random: systemRandom,
    progress: (report) => {
      progress.report(report);
    },
    onTarget: (target) => {
      printer.remember(target);
    },
  };
}

function failure(thrown: unknown): CommandResult {
  const error = toHygieneError(thrown);
  return { outcome: 'error', exitCode: error.exitCode, text: [], fields: {}, error };
}

/** What a defect is reported with; the stack of a driver's error holds no row values. */
function logCause({ logger }: World, { error }: CommandResult): void {
  if (error?.cause === undefined) return;
  const { stack } = error.cause as { readonly stack?: string };
  logger.debug({ code: error.code, stack }, 'the cause of the error');
}

/** Failed, unproven, broken, refused: a person has to decide. */
const NEEDS_A_PERSON = new Set([1, 4, 5, 7]);

/** The config is read for this only now; whatever is wrong with it must not hide the result. */
async function contactsFor(
  { exitCode }: CommandResult,
  world: World,
  options: ConnectOptions,
): Promise<readonly { readonly name: string; readonly how: string }[]> {
  if (!NEEDS_A_PERSON.has(exitCode)) return [];
  try {
    const { openProject } = await import('../app/compose.ts');
    return (await openProject(world, options).config()).contacts;
  } catch {
    return [];
  }
}
