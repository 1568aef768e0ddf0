import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

/**
 * Lets the next `up` apply a migration once more.
 * @public
 */
export async function reapply(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, announce } = context;
  const id = given.text('id') ?? '';
  const reason = given.text('reason');
  if (reason === null || reason.trim() === '') throw withoutReason(id);
  const { reapplyOperation } = await import('../../app/operations/restore.ts');
  const { reapplyDocument, reapplyText } = await import('../../report/restore.ts');
  const report = await reapplyOperation(world, { ...connect, id, reason });
  announce(report.target, report.environment);
  return {
    outcome: 'released',
    exitCode: 0,
    text: reapplyText(report),
    fields: reapplyDocument(report),
  };
}

function withoutReason(id: string): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message:
      'reapply needs a reason: it goes into the ledger, for whoever asks why this ran twice.',
    hint: `hygiene reapply ${id} --reason 'the demo accounts came back with the restored backup'`,
  });
}

export const reapplyCommand: Command = {
  name: 'reapply',
  usage: 'reapply <id>',
  describe: 'Let the next `up` apply a migration once more',
  options: { reason: ownOption('string', 'Why, for the ledger; mandatory') },
  positionals: [{ name: 'id', describe: 'The migration' }],
  run: reapply,
};
