import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandResult } from '../command.ts';

/**
 * Always refuses, whatever arguments follow.
 * @public
 */
export function seed(): Promise<CommandResult> {
  return Promise.reject(
    new HygieneError('HYG_REFUSED_SEED', {
      message:
        'hygiene takes demo, test and seed data out of databases, and a seed command within reach of ' +
        'production is how such data gets in. Nothing was connected to, nothing was changed.',
      hint: [
        'Instead:',
        '  rows that a test needs: insert them in that test, into a database of its own',
        '  reference data (countries, roles): a schema migration, reviewed like any other',
        '  a demo: hygiene demo   makes its own embedded database',
        'What still calls a seed command: hygiene doctor   finds it.',
      ].join('\n'),
    }),
  );
}

export const seedCommand: Command = {
  name: 'seed',
  usage: 'seed',
  describe: 'Refuses: nothing here can put seed data back',
  options: {},
  positionals: [],
  lenient: true,
  run: seed,
};
