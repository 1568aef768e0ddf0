import { relative } from 'node:path';

import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

/**
 * Files by default; the ledger, the mark or the script where they are asked for.
 * @public
 */
export async function init(context: CommandContext): Promise<CommandResult> {
  const { given } = context;
  if (given.flag('print-sql')) return printScript(context);
  if (given.flag('roles')) throw onlyPrinted();
  const isForDatabase =
    given.flag('ledger') || given.flag('upgrade') || given.text('mark') !== null;
  if (isForDatabase) return installLedger(context);
  return scaffold(context);
}

async function scaffold({ io }: CommandContext): Promise<CommandResult> {
  const { initProject } = await import('../../app/scaffold/init.ts');
  const { initText } = await import('../../report/scaffold.ts');
  const actions = initProject({ cwd: io.cwd }).map(({ path, action }) => ({
    path: relative(io.cwd, path),
    action,
  }));
  const isDone = actions.every(({ action }) => action === 'kept');
  return {
    outcome: isDone ? 'nothing to do' : 'done',
    exitCode: 0,
    text: initText(actions),
    fields: { files: actions },
  };
}

async function printScript({ world, connect, given }: CommandContext): Promise<CommandResult> {
  const { installScript } = await import('../../app/operations/install.ts');
  const part = given.flag('roles') ? 'roles' : given.flag('upgrade') ? 'upgrade' : 'whole';
  const sql = await installScript(world, { ...connect, part });
  return { outcome: 'done', exitCode: 0, text: [sql.trimEnd()], fields: { sql } };
}

async function installLedger(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, announce } = context;
  const { installOperation } = await import('../../app/operations/install.ts');
  const { installText } = await import('../../report/scaffold.ts');
  const mark = given.text('mark');
  const report = await installOperation(world, {
    ...connect,
    mark,
    upgrade: given.flag('upgrade'),
  });
  announce(report.target, report.environment);
  const { installed, environment, before } = report;
  const isDone = installed === 'before' && mark === null;
  return {
    outcome: isDone ? 'nothing to do' : 'done',
    exitCode: 0,
    text: installText({ installed, environment, marked: mark !== null, before }),
    fields: { installed, marked: mark },
  };
}

/** Which login becomes a member of which role is for a DBA to decide. */
function onlyPrinted(): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message: '--roles does nothing by itself: roles belong to the whole server.',
    hint: 'hygiene init --print-sql --roles   prints the script for a DBA to run.',
  });
}

export const initCommand: Command = {
  name: 'init',
  usage: 'init',
  describe: 'Prepare a repository, or a database',
  options: {
    ledger: ownOption('boolean', 'Make the ledger in the database'),
    mark: ownOption('string', 'Mark the database as this environment, such as production'),
    upgrade: ownOption('boolean', 'Add what the ledger of an older version lacks'),
    'print-sql': ownOption('boolean', 'Print the script that makes the ledger, for a DBA'),
    roles: ownOption('boolean', 'With --print-sql: only the roles, for a ledger that is there'),
  },
  positionals: [],
  run: init,
};
