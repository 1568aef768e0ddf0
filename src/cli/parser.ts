import yargs, { type Argv, type Options } from 'yargs';

import { nearNames } from '../catalog/near-names.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { Command } from './command.ts';
import { type OptionSpec, sharedOptions } from './options.ts';

export type CommandLine =
  | { readonly kind: 'help'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly flags: Readonly<Record<string, unknown>>;
    };

export interface ParserOptions {
  readonly commands: readonly Command[];
  readonly columns: number;
}

const INTRODUCTION =
  '$0 <command> [options]\n\nRemoves demo, test and seed data from PostgreSQL: once, proven, on record.';

const EXIT_CODES =
  'Exit codes: 0 done · 1 failed, rolled back · 2 usage · 3 pending (--exit-code) · 4 verify failed ·\n' +
  '5 integrity · 6 locked, retry · 7 refused · 8 unreachable, retry · 130/143 cancelled';

/**
 * Reads a command line. Every switch of the parser is said here; its own defaults guess too much.
 * @throws HygieneError HYG_USAGE
 */
export async function readCommandLine(
  argv: readonly string[],
  options: ParserOptions,
): Promise<CommandLine> {
  const args = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  if (args.length === 0) return { kind: 'help', text: await helpText(options) };
  let chosen: CommandLine | undefined;
  let output = '';
  const named = options.commands.find(({ name }) => name === args[0]);
  const parser = buildParser({ ...options, args, named }, (command, flags) => {
    chosen = { kind: 'command', command, flags };
  });
  await parser.parseAsync(
    named === undefined ? [...args] : args.slice(1),
    {},
    (_error, _flags, text) => {
      output = text;
    },
  );
  if (output !== '') return { kind: 'help', text: `${output}\n` };
  if (chosen !== undefined) return chosen;
  throw usage('No command was given.', 'hygiene --help   lists them.');
}

async function helpText(options: ParserOptions): Promise<string> {
  const parser = buildParser({ ...options, args: [], named: undefined }, () => undefined);
  return `${await parser.getHelp()}\n`;
}

type Choose = (command: Command, flags: Readonly<Record<string, unknown>>) => void;

interface Wanted extends ParserOptions {
  readonly args: readonly string[];
  /**
   * The command that the line begins with. It is then the parser's only one, its default: for one
   * among several, yargs would lay out the whole help text at every run.
   */
  readonly named: Command | undefined;
}

function buildParser({ commands, columns, args, named }: Wanted, choose: Choose): Argv {
  const parser = yargs([])
    .scriptName(named === undefined ? 'hygiene' : `hygiene ${named.name}`)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
      'strip-aliased': true,
    })
    .locale('en')
    .exitProcess(false)
    .strict()
    .version(false)
    .help('help')
    .alias('help', 'h')
    .options(yargsOptions(sharedOptions))
    .wrap(Math.min(columns, 100))
    .fail((message: string | null, error: Error | undefined) => {
      throw unreadable(message ?? error?.message ?? '', args, commands);
    });
  if (named !== undefined) return addCommand(parser, { ...named, form: '$0' }, choose);
  parser.usage(INTRODUCTION).epilogue(EXIT_CODES);
  for (const command of commands) addCommand(parser, { ...command, form: command.name }, choose);
  return parser;
}

/** @param command with the word that stands for it: its name, or `$0` where it is the only one */
function addCommand(
  parser: Argv,
  { form, ...command }: Command & { readonly form: string },
  choose: Choose,
): Argv {
  return parser.command(
    command.usage.replace(command.name, () => form),
    command.describe,
    (own) => {
      own.options(yargsOptions(command.options));
      for (const { name, describe, choices } of command.positionals) {
        own.positional(name, { type: 'string', describe, ...(choices && { choices }) });
      }
      return own.strict(command.lenient !== true);
    },
    (flags) => choose(command, flags),
  );
}

function yargsOptions(specs: Readonly<Record<string, OptionSpec>>): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { type, describe, group, choices }]) => [
      name,
      {
        type,
        describe: choices === undefined ? describe : `${describe}: ${choices.join(', ')}`,
        group: `${group}:`,
        ...(type === 'string' && { requiresArg: true }),
      },
    ]),
  );
}

/** What yargs says, in our words, with the name that was probably meant. */
function unreadable(
  message: string,
  args: readonly string[],
  commands: readonly Command[],
): HygieneError {
  const command = commands.find(({ name }) => args.includes(name));
  const place = command === undefined ? 'hygiene' : `hygiene ${command.name}`;
  const [, names = ''] = /^Unknown (?:argument|command)s?: (.*)$/.exec(message) ?? [];
  const [name = ''] = names.split(', ');
  if (name === '') {
    return usage(message.replace(/\.?$/, '.'), `${place} --help   shows how it is used.`);
  }
  if (!args.includes(name)) return unknownOption(name, command, place);
  if (command === undefined) return unknownCommand(name, commands);
  const tooMuch = `"${name}" is too much: ${place} does not take it.`;
  return usage(tooMuch, `${place} --help   shows how it is used.`);
}

function unknownCommand(name: string, commands: readonly Command[]): HygieneError {
  const known = commands.map((each) => each.name);
  const [near] = nearNames(name, known);
  const hint =
    near === undefined ? 'hygiene --help   lists the commands.' : `Did you mean: hygiene ${near}`;
  return usage(`There is no command "${name}".`, hint);
}

function unknownOption(name: string, command: Command | undefined, place: string): HygieneError {
  const known = [...Object.keys(sharedOptions), ...Object.keys(command?.options ?? {})];
  const [near] = nearNames(name, known);
  const of = command === undefined ? '' : ` of ${place}`;
  const hint =
    near === undefined ? `${place} --help   lists the options.` : `Did you mean --${near}?`;
  return usage(`There is no option --${name}${of}.`, hint);
}

function usage(message: string, hint: string): HygieneError {
  return new HygieneError('HYG_USAGE', { message, hint });
}
