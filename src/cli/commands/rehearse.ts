import type { ExecOrder } from '../../runner/pending.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { execOrderOption, maintenanceOption, strategyOption } from '../options.ts';

/**
 * Removes, restores and compares, then rolls back.
 * @public
 */
export async function rehearse(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce, say } = context;
  const { rehearseOperation } = await import('../../app/operations/rehearse.ts');
  const { rehearsalText, rehearseDocument, rehearseEnding, rehearseOutcome } =
    await import('../../report/rehearse.ts');
  const report = await rehearseOperation(world, {
    ...connect,
    id: given.text('id'),
    execOrder: (given.text('exec-order') ?? 'linear') as ExecOrder,
    onBegin: announce,
    onResult: (result) => {
      say(rehearsalText(result, style));
    },
  });
  return {
    outcome: rehearseOutcome(report),
    exitCode: report.error?.exitCode ?? 0,
    text: rehearseEnding(report, style),
    fields: rehearseDocument(report),
    error: report.error,
  };
}

export const rehearseCommand: Command = {
  name: 'rehearse',
  usage: 'rehearse [id]',
  describe: 'Remove, restore and compare what is pending, then roll back',
  options: {
    maintenance: maintenanceOption,
    strategy: strategyOption,
    'exec-order': execOrderOption,
  },
  positionals: [{ name: 'id', describe: 'One migration; default: all that is pending' }],
  run: rehearse,
};
