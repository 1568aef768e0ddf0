import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import type { GivenOptions } from '../given-options.ts';
import { ownOption, planOption, programsOption } from '../options.ts';

/**
 * Takes a backup of the database, or looks whether one can be relied on.
 * @public
 */
export async function backup(context: CommandContext): Promise<CommandResult> {
  return context.given.text('action') === 'verify' ? verify(context) : take(context);
}

async function take(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  refuse(given, ['restore', 'scratch-url'], 'hygiene backup verify FILE --restore');
  const { backupOperation } = await import('../../app/operations/backup.ts');
  const { backupDocument, backupText } = await import('../../report/backup.ts');
  const report = await backupOperation(world, {
    ...connect,
    path: given.text('out'),
    affected: given.flag('affected'),
    plan: given.text('plan'),
    programs: given.text('pg-bin'),
  });
  const { target, environment, ...facts } = report;
  announce(target, environment);
  return {
    outcome: 'taken',
    exitCode: 0,
    text: backupText(facts, style),
    fields: backupDocument(facts),
  };
}

async function verify(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  refuse(given, ['out', 'affected'], 'hygiene backup --affected --out FILE');
  const file = given.text('file');
  if (file === null) {
    throw new HygieneError('HYG_USAGE', {
      message: 'Which backup shall be verified was not said.',
      hint: 'hygiene backup verify FILE',
    });
  }
  const { backupRestoreOperation, backupVerifyOperation } =
    await import('../../app/operations/backup-verify.ts');
  const { backupVerifyDocument, backupVerifyText } = await import('../../report/backup.ts');
  const options = { ...connect, file, programs: given.text('pg-bin') };
  const scratchUrl = given.text('scratch-url');
  const report = given.flag('restore')
    ? await backupRestoreOperation(world, { ...options, scratchUrl })
    : await backupVerifyOperation(world, options);
  const { restored } = report;
  if (restored !== null) announce(restored.target, restored.environment);
  return {
    outcome: restored === null ? 'readable' : 'restored',
    exitCode: 0,
    text: backupVerifyText(report, style),
    fields: backupVerifyDocument(report),
  };
}

/** An option of the other half of the command would be ignored without a word. */
function refuse(given: GivenOptions, names: readonly string[], hint: string): void {
  const [name] = names.filter((each) => given.origin(each) !== null);
  if (name === undefined) return;
  throw new HygieneError('HYG_USAGE', { message: `--${name} makes no sense here.`, hint });
}

export const backupCommand: Command = {
  name: 'backup',
  usage: 'backup [action] [file]',
  describe: 'Take a backup with its proof, or verify one',
  options: {
    out: ownOption('string', 'File that gets it [backups/ in the directory of the migrations]'),
    affected: ownOption('boolean', 'Rows only of the tables that pending migrations change'),
    plan: planOption,
    'pg-bin': programsOption,
    restore: ownOption('boolean', 'With verify: restore it into a scratch database, and compare'),
    'scratch-url': ownOption('string', 'With --restore: another server for the scratch database'),
  },
  positionals: [
    { name: 'action', describe: 'verify; without it a backup is taken', choices: ['verify'] },
    { name: 'file', describe: 'With verify: the backup' },
  ],
  run: backup,
};
