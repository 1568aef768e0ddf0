import { relative, resolve } from 'node:path';

import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

/**
 * Writes a new migration file.
 * @public
 */
export async function create({
  io,
  world,
  connect,
  given,
}: CommandContext): Promise<CommandResult> {
  const name = given.text('name');
  if (name === null) throw noName();
  const { createMigration } = await import('../../app/scaffold/create.ts');
  const { createText } = await import('../../report/scaffold.ts');
  const dir = resolve(io.cwd, connect.dir);
  const { id, paths } = createMigration({
    dir,
    name,
    sql: given.flag('sql'),
    now: world.clock.now(),
  });
  const files = paths.map((path) => relative(io.cwd, path));
  return { outcome: 'created', exitCode: 0, text: createText(files), fields: { id, files } };
}

function noName(): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message: 'The new migration needs a name.',
    hint: 'Say what it does, for example: hygiene create purge_demo_users',
  });
}

export const createCommand: Command = {
  name: 'create',
  usage: 'create <name>',
  describe: 'Write a new migration file',
  options: { sql: ownOption('boolean', 'A pair of SQL files instead of a module') },
  positionals: [{ name: 'name', describe: 'What it does, such as purge_demo_users' }],
  run: create,
};
