import type { Command, CommandContext, CommandResult } from '../command.ts';
import {
  batchOptionSpecs,
  confirmOption,
  outsideWindowOption,
  execOrderOption,
} from '../options.ts';
import { runMigrations } from './up.ts';

/**
 * Goes on with migrations in batches, outside of the deploy pipeline.
 * @public
 */
export function work(context: CommandContext): Promise<CommandResult> {
  return runMigrations(context, 'work');
}

export const workCommand: Command = {
  name: 'work',
  usage: 'work',
  describe: 'Go on with migrations in batches that are not at their end; begins none',
  options: {
    confirm: confirmOption,
    'outside-window': outsideWindowOption,
    'exec-order': execOrderOption,
    ...batchOptionSpecs,
  },
  positionals: [],
  run: work,
};
