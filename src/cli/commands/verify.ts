import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

/**
 * Repeats the lasting checks of everything that was applied.
 * @public
 */
export async function verify(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const { verifyOperation } = await import('../../app/operations/verify.ts');
  const { verifyDocument, verifyFailure, verifyText } = await import('../../report/verify.ts');
  const report = await verifyOperation(world, connect);
  announce(report.target, report.environment);
  const error = verifyFailure(report, given.flag('strict'));
  return {
    outcome: error === null ? 'passed' : 'failed',
    exitCode: error?.exitCode ?? 0,
    text: verifyText(report, style),
    fields: verifyDocument(report),
    error,
  };
}

export const verifyCommand: Command = {
  name: 'verify',
  usage: 'verify',
  describe: 'Repeat the lasting checks of what was applied',
  options: { strict: ownOption('boolean', 'A check whose table is gone is a failure too') },
  positionals: [],
  run: verify,
};
