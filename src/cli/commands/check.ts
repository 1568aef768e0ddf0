import type { Command, CommandContext, CommandResult } from '../command.ts';
import {
  minScoreOption,
  passwordTimeOption,
  scanLimits,
  wholeUpToOption,
} from '../scan-options.ts';

/**
 * Says whether the database is clean.
 * @public
 */
export async function check(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const { checkOperation } = await import('../../app/operations/check.ts');
  const { checkDocument, checkFailure, checkText } = await import('../../report/check.ts');
  const report = await checkOperation(world, { ...connect, scan: scanLimits('check', given) });
  announce(report.target, report.environment);
  const error = checkFailure(report);
  return {
    outcome: report.verdict,
    exitCode: error?.exitCode ?? 0,
    text: checkText(report, style),
    fields: checkDocument(report),
    error,
  };
}

export const checkCommand: Command = {
  name: 'check',
  usage: 'check',
  describe: 'Say whether the database is clean, dirty, or nobody can know',
  options: {
    'min-score': minScoreOption,
    'password-time': passwordTimeOption('check'),
    'whole-up-to': wholeUpToOption,
  },
  positionals: [],
  run: check,
};
