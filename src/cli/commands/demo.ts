import type { Command, CommandContext, CommandResult } from '../command.ts';

/** A tour over a database of its own. */
export async function demo(_context: CommandContext): Promise<CommandResult> {
  return { outcome: 'done', exitCode: 0, text: [], fields: {} };
}

export const demoCommand: Command = {
  name: 'demo',
  usage: 'demo',
  describe: 'Show everything on an embedded sample database (.hygiene/demo)',
  options: {},
  positionals: [],
  run: demo,
};
