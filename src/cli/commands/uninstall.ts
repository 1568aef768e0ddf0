import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

/**
 * Prints what to remove. It removes nothing: the ledger would be gone with nobody having looked.
 * @public
 */
export async function uninstall({ world, connect, given }: CommandContext): Promise<CommandResult> {
  if (!given.flag('print-sql')) throw onlyPrinted();
  const { uninstallOperation } = await import('../../app/operations/uninstall.ts');
  const { uninstallScript, uninstallWarnings } = await import('../../report/uninstall.ts');
  const report = await uninstallOperation(world, connect);
  const script = uninstallScript(report);
  return {
    outcome: report.sql === '' ? 'nothing to do' : 'done',
    exitCode: 0,
    text: [script],
    isFile: true,
    fields: {
      sql: script,
      guards: report.objects.guards.length,
      archived: report.archived,
      warnings: uninstallWarnings(report),
    },
  };
}

function onlyPrinted(): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message:
      'hygiene removes nothing by itself: ledger and archive would be gone for good, and with them\nthe proof of what was done and the only copy of the rows that were removed.',
    hint: 'hygiene uninstall --print-sql   prints the script, for a DBA to read and to run.',
  });
}

export const uninstallCommand: Command = {
  name: 'uninstall',
  usage: 'uninstall',
  describe: 'Print the script that removes hygiene from a database',
  options: {
    'print-sql': ownOption('boolean', 'Print the script; nothing is removed without a DBA'),
  },
  positionals: [],
  run: uninstall,
};
