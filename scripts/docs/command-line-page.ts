import type { Command } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { type OptionSpec, sharedOptions } from '../../src/cli/options.ts';
import { table } from './markdown.ts';

/** docs/command-line.md: what `--help` says of every command, on one page. */
export function commandLinePage(): string {
  return [
    '# Command line',
    'Every command with its options, as `hygiene COMMAND --help` prints them. What a command prints and returns: ' +
      '[Commands](commands.md).',
    '## Every command',
    optionTable(sharedOptions),
    ...commands.flatMap(commandSection),
  ].join('\n\n');
}

function commandSection(command: Command): readonly string[] {
  const { name: own, usage, describe, positionals, options } = command;
  const given = positionals.map(({ name, describe: meaning, choices }) => [
    `\`${name}\``,
    withChoices(meaning, choices),
  ]);
  return [
    `## hygiene ${own}`,
    `${describe}: \`hygiene ${usage}\``,
    ...(given.length === 0 ? [] : [table(['argument', 'meaning'], given)]),
    ...(Object.keys(options).length === 0 ? [] : [optionTable(options)]),
  ];
}

function optionTable(options: Readonly<Record<string, OptionSpec>>): string {
  const hasVariables = Object.values(options).some(({ variable }) => variable !== null);
  const rows = Object.entries(options).map(([name, { type, describe, variable, choices }]) => [
    `\`--${name}${type === 'string' ? ' VALUE' : ''}\``,
    withChoices(describe, choices),
    ...(hasVariables ? [variable === null ? '' : `\`${variable}\``] : []),
  ]);
  return table(['option', 'meaning', ...(hasVariables ? ['variable'] : [])], rows);
}

/** What stands in angle brackets would be taken for HTML. */
function withChoices(describe: string, choices: readonly string[] | undefined): string {
  const meaning = describe.replaceAll('|', '\\|').replaceAll('<', '\\<');
  return choices === undefined ? meaning : `${meaning}: ${choices.join(', ')}`;
}
