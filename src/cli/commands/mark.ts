import type { Command, CommandContext, CommandResult } from '../command.ts';

/**
 * Says which environment a database is, and that it is this very database.
 * @public
 */
export async function mark(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, announce } = context;
  const { installOperation } = await import('../../app/operations/install.ts');
  const { installText } = await import('../../report/scaffold.ts');
  const report = await installOperation(world, { ...connect, mark: given.text('environment') });
  announce(report.target, report.environment);
  const { installed, environment, before } = report;
  return {
    outcome: 'done',
    exitCode: 0,
    text: installText({ installed, environment, marked: true, before }),
    fields: { installed, marked: environment, before },
  };
}

export const markCommand: Command = {
  name: 'mark',
  usage: 'mark <environment>',
  describe: 'Mark the database as an environment, such as production',
  options: {},
  positionals: [{ name: 'environment', describe: 'Its name: production, staging, …' }],
  run: mark,
};
