import type { Command, CommandContext, CommandResult } from '../command.ts';
import { confirmOption, ownOption } from '../options.ts';

/**
 * Puts back what a migration has archived.
 * @public
 */
export async function restore(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const { restoreOperation } = await import('../../app/operations/restore.ts');
  const { restoreDocument, restoreText } = await import('../../report/restore.ts');
  const report = await restoreOperation(world, {
    ...connect,
    id: given.text('id') ?? '',
    dryRun: given.flag('dry-run'),
    skipExisting: given.flag('skip-existing'),
    reason: given.text('reason'),
    confirm: given.text('confirm'),
    onBegin: announce,
  });
  return {
    outcome: report.dryRun ? 'dry run' : 'restored',
    exitCode: 0,
    text: restoreText(report, style),
    fields: restoreDocument(report),
  };
}

export const restoreCommand: Command = {
  name: 'restore',
  usage: 'restore <id>',
  describe: 'Put back what a migration has archived, and hold it',
  options: {
    'dry-run': ownOption('boolean', 'Do and prove everything, then roll back'),
    'skip-existing': ownOption('boolean', 'Leave out archived rows that exist again'),
    reason: ownOption('string', 'Why, for the ledger'),
    confirm: confirmOption,
  },
  positionals: [{ name: 'id', describe: 'The migration' }],
  run: restore,
};
