import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

/**
 * What is archived, a copy of it, or the end of what is too old.
 * @public
 */
export async function archive(context: CommandContext): Promise<CommandResult> {
  const action = context.given.text('action');
  if (action === 'export') return exportOne(context);
  return action === 'prune' ? prune(context) : list(context);
}

async function list({
  world,
  connect,
  given,
  style,
  announce,
}: CommandContext): Promise<CommandResult> {
  const { archiveListOperation } = await import('../../app/operations/archive.ts');
  const { archiveListDocument, archiveListText } = await import('../../report/archive.ts');
  const report = await archiveListOperation(world, { ...connect, id: given.text('id') });
  announce(report.target, report.environment);
  return {
    outcome: 'ok',
    exitCode: 0,
    text: archiveListText(report, style),
    fields: archiveListDocument(report),
  };
}

async function exportOne(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const id = given.text('id');
  const to = given.text('to');
  if (id === null || to === null) {
    throw new HygieneError('HYG_USAGE', {
      message: 'archive export needs a migration and a directory.',
      hint: `hygiene archive export ${id ?? '<id>'} --to DIRECTORY`,
    });
  }
  const { archiveExportOperation } = await import('../../app/operations/archive.ts');
  const { archiveExportDocument, archiveExportText } = await import('../../report/archive.ts');
  const report = await archiveExportOperation(world, { ...connect, id, to });
  announce(report.target, report.environment);
  return {
    outcome: 'exported',
    exitCode: 0,
    text: archiveExportText(report, style),
    fields: archiveExportDocument(report),
  };
}

async function prune(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const olderThanDays = given.text('older-than') === null ? null : given.count('older-than', 1);
  const { archivePruneOperation } = await import('../../app/operations/archive.ts');
  const { archivePruneDocument, archivePruneText } = await import('../../report/archive.ts');
  const report = await archivePruneOperation(world, {
    ...connect,
    id: given.text('id'),
    olderThanDays,
    dryRun: given.flag('dry-run'),
  });
  announce(report.target, report.environment);
  const isNothing = report.applications.every(({ kept }) => kept !== null);
  return {
    outcome: isNothing ? 'nothing to do' : report.dryRun ? 'dry run' : 'pruned',
    exitCode: 0,
    text: archivePruneText(report, style),
    fields: archivePruneDocument(report),
  };
}

export const archiveCommand: Command = {
  name: 'archive',
  usage: 'archive [action] [id]',
  describe: 'List, export or prune what was archived',
  options: {
    to: ownOption('string', 'With export: the directory that gets it'),
    'dry-run': ownOption('boolean', 'With prune: only say what would go'),
    'older-than': ownOption('string', 'With prune: days, in place of the retention of the config'),
  },
  positionals: [
    {
      name: 'action',
      describe: 'list (default), export or prune',
      choices: ['list', 'export', 'prune'],
    },
    { name: 'id', describe: 'Only this migration; export needs one' },
  ],
  run: archive,
};
