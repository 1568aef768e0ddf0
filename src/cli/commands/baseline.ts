import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

/**
 * Adopts work that was done without hygiene.
 * @public
 */
export async function baseline(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const id = given.text('id');
  const reason = given.text('reason')?.trim() ?? '';
  const all = given.flag('all');
  if (all === (id !== null)) throw wantsOne(id);
  if (id !== null && reason === '') throw withoutReason(id);
  const { baselineOperation } = await import('../../app/operations/life.ts');
  const { baselineDocument, baselineText } = await import('../../report/life.ts');
  const report = await baselineOperation(world, {
    ...connect,
    id,
    reason: reason === '' ? null : reason,
  });
  announce(report.target, report.environment);
  return {
    outcome: report.migrations.length === 0 ? 'nothing to do' : 'baselined',
    exitCode: 0,
    text: baselineText(report, style),
    fields: baselineDocument(report),
  };
}

function wantsOne(id: string | null): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message:
      id === null
        ? 'baseline needs a migration, or --all for everything that is pending.'
        : 'baseline takes a migration or --all, not both.',
    hint: "hygiene baseline <id> --reason 'cleaned by hand on 2026-01-12, OPS-123'",
  });
}

function withoutReason(id: string): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message: 'baseline needs a reason: it goes into the ledger, in place of the evidence of a run.',
    hint: `hygiene baseline ${id} --reason 'cleaned by hand on 2026-01-12, OPS-123'`,
  });
}

export const baselineCommand: Command = {
  name: 'baseline',
  usage: 'baseline [id]',
  describe: 'Record as done what was cleaned without hygiene',
  options: {
    all: ownOption('boolean', 'Everything that is pending'),
    reason: ownOption('string', 'Who cleaned it and when; not needed in a database without rows'),
  },
  positionals: [{ name: 'id', describe: 'The migration' }],
  run: baseline,
};
