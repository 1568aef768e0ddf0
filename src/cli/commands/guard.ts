import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

/**
 * The seed guards: where each stands, one that is not in force, or the end of one.
 * @public
 */
export async function guard(context: CommandContext): Promise<CommandResult> {
  const { given } = context;
  const action = given.text('action');
  if (action === 'add') return given.flag('print-sql') ? printSql(context) : add(context);
  if (action === 'drop') return drop(context);
  return action === 'check' ? check(context) : list(context);
}

async function list(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const { guardListOperation } = await import('../../app/operations/guard.ts');
  const { guardListDocument, guardListText } = await import('../../report/guard.ts');
  const report = await guardListOperation(world, { ...connect, id: given.text('id') });
  announce(report.target, report.environment);
  return {
    outcome: 'ok',
    exitCode: 0,
    text: guardListText(report.guards, style),
    fields: guardListDocument(report.guards),
  };
}

async function check(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const { guardCheckOperation } = await import('../../app/operations/guard.ts');
  const { guardFailure, guardListDocument, guardListText } = await import('../../report/guard.ts');
  const report = await guardCheckOperation(world, { ...connect, id: given.text('id') });
  announce(report.target, report.environment);
  const error = guardFailure(report.guards);
  return {
    outcome: error === null ? 'passed' : 'failed',
    exitCode: error?.exitCode ?? 0,
    text: guardListText(report.guards, style),
    fields: guardListDocument(report.guards),
    error,
  };
}

async function add(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const { guardAddOperation } = await import('../../app/operations/guard.ts');
  const { guardAddText, guardOutcomeDocument } = await import('../../report/guard.ts');
  const report = await guardAddOperation(world, { ...connect, id: given.text('id') });
  announce(report.target, report.environment);
  const { outcomes } = report;
  const error = outcomes.find((each) => each.error !== null)?.error ?? null;
  const isDone = outcomes.every(({ state }) => state === 'validated' || state === 'dropped');
  const outcome = outcomes.length === 0 ? 'nothing to do' : isDone ? 'added' : 'pending';
  return {
    outcome: error === null ? outcome : 'failed',
    exitCode: error?.exitCode ?? 0,
    text: guardAddText(outcomes, style),
    fields: { guards: outcomes.map(guardOutcomeDocument) },
    error,
  };
}

/** To be piped into psql. */
async function printSql({ world, connect, given }: CommandContext): Promise<CommandResult> {
  const { guardScriptOperation } = await import('../../app/operations/guard.ts');
  const { guardScriptDocument, guardScriptText } = await import('../../report/guard.ts');
  const { scripts } = await guardScriptOperation(world, { ...connect, id: given.text('id') });
  return {
    outcome: 'printed',
    exitCode: 0,
    text: guardScriptText(scripts),
    isFile: true,
    fields: guardScriptDocument(scripts),
  };
}

async function drop(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, announce } = context;
  const id = given.text('id');
  const reason = given.text('reason');
  if (id === null || reason === null || reason.trim() === '') throw incomplete(id);
  const { guardDropOperation } = await import('../../app/operations/guard.ts');
  const { guardDropDocument, guardDropText } = await import('../../report/guard.ts');
  const report = await guardDropOperation(world, { ...connect, id, reason });
  announce(report.target, report.environment);
  return {
    outcome: 'dropped',
    exitCode: 0,
    text: guardDropText(id, report.dropped),
    fields: guardDropDocument(id, report.dropped),
  };
}

function incomplete(id: string | null): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message: 'guard drop needs a migration and a reason: it goes into the ledger.',
    hint: `hygiene guard drop ${id ?? '<id>'} --reason 'the new sign-up form uses these addresses'`,
  });
}

export const guardCommand: Command = {
  name: 'guard',
  usage: 'guard [action] [id]',
  describe: 'List, check, add or drop the seed guards',
  options: {
    reason: ownOption('string', 'With drop: why, for the ledger; mandatory'),
    'print-sql': ownOption('boolean', 'With add: print the SQL for the owner of the tables'),
  },
  positionals: [
    {
      name: 'action',
      describe: 'list (default), check, add or drop',
      choices: ['list', 'check', 'add', 'drop'],
    },
    { name: 'id', describe: 'Only this migration; drop needs one' },
  ],
  run: guard,
};
