import { parseArgs } from 'node:util';

import type { Command } from './command.ts';
import { sharedOptions } from './options.ts';

export interface PlainLine {
  readonly command: Command;
  readonly flags: Readonly<Record<string, unknown>>;
}

/**
 * Reads a command line that needs no explanation: a command without positionals, and flags that are
 * all right. Deploys run such a line thousands of times, and Node's own parser costs nothing to load.
 * @returns null for any other line (help, a mistake, a positional): yargs reads that, and explains
 */
export function readPlainLine(
  argv: readonly string[],
  commands: readonly Command[],
): PlainLine | null {
  const [name, ...args] = argv;
  const command = commands.find((each) => each.name === name);
  if (command === undefined || command.lenient === true || command.positionals.length > 0) {
    return null;
  }
  const specs = Object.entries({ ...sharedOptions, ...command.options });
  const options = Object.fromEntries(specs.map(([flag, { type }]) => [flag, { type }]));
  try {
    return { command, flags: parseArgs({ args, options, strict: true }).values };
  } catch {
    return null;
  }
}
