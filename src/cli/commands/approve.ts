import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption, planOption } from '../options.ts';

/**
 * Records that somebody answers for a plan.
 * @public
 */
export async function approve(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, announce } = context;
  const plan = given.text('plan');
  if (plan === null) throw withoutPlan();
  const { approveOperation } = await import('../../app/operations/approve.ts');
  const { approveDocument, approveText } = await import('../../report/life.ts');
  const report = await approveOperation(world, { ...connect, plan, ticket: given.text('ticket') });
  announce(report.target, report.environment);
  return {
    outcome: 'approved',
    exitCode: 0,
    text: approveText(report, plan),
    fields: approveDocument(report),
  };
}

function withoutPlan(): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message: 'approve needs the plan that is approved.',
    hint: 'hygiene plan --out plan.json\nhygiene approve --plan plan.json',
  });
}

export const approveCommand: Command = {
  name: 'approve',
  usage: 'approve',
  describe: 'Record that you answer for a plan; good for 7 days',
  options: {
    plan: { ...planOption, describe: 'File that `plan --out` has written; mandatory' },
    ticket: ownOption('string', 'Ticket, for the ledger'),
  },
  positionals: [],
  run: approve,
};
