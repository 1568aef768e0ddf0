import type { ExecOrder } from '../../runner/pending.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { execOrderOption, exitCodeOption } from '../options.ts';

const PENDING = 3;

/**
 * Where every migration stands. A broken ledger or an edited file is always an error.
 * @public
 */
export async function status(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const { statusOperation } = await import('../../app/operations/status.ts');
  const { statusDocument, statusOutcome, statusText } = await import('../../report/status.ts');
  const execOrder = (given.text('exec-order') ?? 'linear') as ExecOrder;
  const report = await statusOperation(world, { ...connect, execOrder });
  announce(report.target, report.environment);
  const error = report.chainIntact ? report.problem : brokenChain();
  const isPending = report.pending.length > 0;
  return {
    outcome: statusOutcome(report),
    exitCode: error?.exitCode ?? (isPending && given.flag('exit-code') ? PENDING : 0),
    text: statusText(report, style),
    fields: statusDocument(report),
    error,
  };
}

function brokenChain(): HygieneError {
  return new HygieneError('HYG_INTEGRITY_CHAIN', {
    message: 'The newest event of the ledger was changed, or events are missing before it.',
    hint: 'hygiene ledger verify   shows what is wrong.',
  });
}

export const statusCommand: Command = {
  name: 'status',
  usage: 'status',
  describe: 'Show where every migration stands',
  options: { 'exec-order': execOrderOption, 'exit-code': exitCodeOption },
  positionals: [],
  run: status,
};
