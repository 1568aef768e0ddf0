import type { Asked } from '../../runner/batched/requests.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

async function ask(context: CommandContext, asked: Asked): Promise<CommandResult> {
  const { world, connect, given, announce } = context;
  const { askOperation } = await import('../../app/operations/batches.ts');
  const { askDocument, askText } = await import('../../report/batches.ts');
  const id = given.text('id') ?? '';
  const report = await askOperation(world, { ...connect, id, asked, reason: given.text('reason') });
  announce(report.target, report.environment);
  return {
    outcome: report.changed ? 'done' : 'nothing to do',
    exitCode: 0,
    text: askText(report),
    fields: askDocument(report),
  };
}

function commandFor(asked: Asked, describe: string): Command {
  return {
    name: asked,
    usage: `${asked} <id>`,
    describe,
    options: { reason: ownOption('string', 'Why, for the ledger') },
    positionals: [{ name: 'id', describe: 'The migration in batches' }],
    run: (context) => ask(context, asked),
  };
}

export const pauseCommand = commandFor('pause', 'Let a migration in batches wait');
export const resumeCommand = commandFor('resume', 'Let it go on');
export const cancelCommand = commandFor('cancel', 'End the run of a migration in batches');
