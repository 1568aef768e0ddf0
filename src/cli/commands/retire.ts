import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

/**
 * Ends a migration that has served its purpose.
 * @public
 */
export async function retire(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, announce } = context;
  const id = given.text('id') ?? '';
  const reason = given.text('reason');
  if (reason === null || reason.trim() === '') throw withoutReason(id);
  const { retireOperation } = await import('../../app/operations/life.ts');
  const { retireDocument, retireText } = await import('../../report/life.ts');
  const report = await retireOperation(world, { ...connect, id, reason });
  announce(report.target, report.environment);
  return {
    outcome: 'retired',
    exitCode: 0,
    text: retireText(report),
    fields: retireDocument(report),
  };
}

function withoutReason(id: string): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message: 'retire needs a reason: it goes into the ledger, for whoever misses the file.',
    hint: `hygiene retire ${id} --reason 'the users table is gone since release 12'`,
  });
}

export const retireCommand: Command = {
  name: 'retire',
  usage: 'retire <id>',
  describe: 'End a migration: its file may go, the evidence stays',
  options: { reason: ownOption('string', 'Why, for the ledger; mandatory') },
  positionals: [{ name: 'id', describe: 'The migration' }],
  run: retire,
};
