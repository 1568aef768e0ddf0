import type { ExecOrder } from '../../runner/pending.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { execOrderOption, exitCodeOption, ownOption } from '../options.ts';

const PENDING = 3;

/**
 * Where every migration stands. A broken ledger or an edited file is always an error.
 * @public
 */
export async function status(context: CommandContext): Promise<CommandResult> {
  if (context.given.flag('metrics')) return metrics(context);
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

/** The same for monitoring; the text is all that is printed. */
async function metrics({ world, connect }: CommandContext): Promise<CommandResult> {
  const { metricsOperation } = await import('../../app/operations/metrics.ts');
  const { metricsText } = await import('../../report/metrics.ts');
  const text = metricsText(await metricsOperation(world, connect));
  const lines = text.trimEnd().split('\n');
  return { outcome: 'metrics', exitCode: 0, text: lines, fields: { metrics: text }, isFile: true };
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
  options: {
    'exec-order': execOrderOption,
    'exit-code': exitCodeOption,
    metrics: ownOption('boolean', 'OpenMetrics for monitoring instead of text'),
  },
  positionals: [],
  run: status,
};
