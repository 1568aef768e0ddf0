import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

const EVENTS_DEFAULT = 100;

/**
 * The events of the ledger, or the proof of its chain.
 * @public
 */
export async function ledger(context: CommandContext): Promise<CommandResult> {
  return context.given.text('action') === 'verify' ? verifyLedger(context) : listLedger(context);
}

/** The newest events, oldest first. */
async function listLedger(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const limit = given.count('limit', EVENTS_DEFAULT);
  const { ledgerListOperation } = await import('../../app/operations/ledger.ts');
  const { ledgerDocument, ledgerText } = await import('../../report/ledger.ts');
  const migrationId = given.text('migration');
  const report = await ledgerListOperation(world, { ...connect, migrationId, limit });
  announce(report.target, report.environment);
  return {
    outcome: 'ok',
    exitCode: 0,
    text: ledgerText(report, style),
    fields: ledgerDocument(report),
  };
}

/** Recomputes the whole chain. */
async function verifyLedger(context: CommandContext): Promise<CommandResult> {
  const { world, connect, style, announce } = context;
  const { ledgerVerifyOperation } = await import('../../app/operations/ledger.ts');
  const { chainDocument, chainText } = await import('../../report/ledger.ts');
  const report = await ledgerVerifyOperation(world, connect);
  announce(report.target, report.environment);
  const error = report.chain?.ok === false ? broken(report.chain.problems.length) : null;
  const outcome = report.chain === null ? 'not installed' : 'intact';
  return {
    outcome: error === null ? outcome : 'broken',
    exitCode: error?.exitCode ?? 0,
    text: chainText(report, style),
    fields: chainDocument(report),
    error,
  };
}

function broken(problems: number): HygieneError {
  return new HygieneError('HYG_INTEGRITY_CHAIN', {
    message: `The chain of the ledger is broken: ${problems} ${problems === 1 ? 'problem' : 'problems'}.`,
    hint: 'Somebody changed the ledger by hand, or restored a part of it. Ask before anything else runs.',
  });
}

export const ledgerCommand: Command = {
  name: 'ledger',
  usage: 'ledger [action]',
  describe: 'List the events of the ledger, or verify its chain',
  options: {
    migration: ownOption('string', 'Only events of this migration'),
    limit: ownOption('string', `At most so many, the newest [${EVENTS_DEFAULT}]`),
  },
  positionals: [
    { name: 'action', describe: 'list (default) or verify', choices: ['list', 'verify'] },
  ],
  run: ledger,
};
