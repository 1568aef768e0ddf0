import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

const EVENTS_DEFAULT = 100;

/**
 * The events of the ledger, or the proof of its chain.
 * @public
 */
export async function ledger(context: CommandContext): Promise<CommandResult> {
  const action = context.given.text('action');
  const subject = context.given.text('subject');
  if (action === 'show') return showEvents(context, subject);
  if (subject !== null) throw takesNothing(action ?? 'list', subject);
  if (action === 'export') return exportLedger(context);
  return action === 'verify' ? verifyLedger(context) : listLedger(context);
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

/** One event, or all of a migration, with everything that was recorded. */
async function showEvents(
  { world, connect, style, announce }: CommandContext,
  subject: string | null,
): Promise<CommandResult> {
  if (subject === null) throw showsNothing();
  const { ledgerShowOperation } = await import('../../app/operations/ledger-events.ts');
  const { ledgerDocument } = await import('../../report/ledger.ts');
  const { eventsText } = await import('../../report/ledger-event.ts');
  const report = await ledgerShowOperation(world, { ...connect, subject });
  announce(report.target, report.environment);
  return {
    outcome: 'ok',
    exitCode: 0,
    text: eventsText(report.events, style),
    fields: ledgerDocument(report),
  };
}

/** On stdout it is the export and nothing else. */
async function exportLedger(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, announce } = context;
  const { ledgerExportOperation } = await import('../../app/operations/ledger-events.ts');
  const { exportedLine } = await import('../../report/ledger-export.ts');
  const format = given.text('format') === 'csv' ? 'csv' : 'json';
  const output = given.text('output');
  const report = await ledgerExportOperation(world, { ...connect, format, output });
  const { text, file, events } = report;
  if (file !== null) announce(report.target, report.environment);
  return {
    outcome: 'ok',
    exitCode: 0,
    isFile: file === null,
    text: file === null ? [text.replace(/\n$/, '')] : [exportedLine({ events, file })],
    fields: { format, file, exported: events, text: file === null ? text : null },
  };
}

function showsNothing(): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message: 'hygiene ledger show   takes the number of an event, or the id of a migration.',
    hint: 'hygiene ledger   lists both.',
  });
}

function takesNothing(action: string, subject: string): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message: `hygiene ledger ${action} takes no argument, but was given "${subject}".`,
    hint: 'hygiene ledger show ID   shows one event, or those of one migration.',
  });
}

function broken(problems: number): HygieneError {
  return new HygieneError('HYG_INTEGRITY_CHAIN', {
    message: `The chain of the ledger is broken: ${problems} ${problems === 1 ? 'problem' : 'problems'}.`,
    hint: 'Somebody changed the ledger by hand, or restored a part of it. Ask before anything else runs.',
  });
}

export const ledgerCommand: Command = {
  name: 'ledger',
  usage: 'ledger [action] [subject]',
  describe: 'List, show or export the events of the ledger, or verify its chain',
  options: {
    migration: ownOption('string', 'Only events of this migration'),
    format: { ...ownOption('string', 'Of an export [json]'), choices: ['json', 'csv'] },
    output: ownOption('string', 'File of an export; it must be new [stdout]'),
    limit: ownOption('string', `At most so many, the newest [${EVENTS_DEFAULT}]`),
  },
  positionals: [
    {
      name: 'action',
      describe: 'list (default), show, export or verify',
      choices: ['list', 'show', 'export', 'verify'],
    },
    { name: 'subject', describe: 'For show: the number of an event, or the id of a migration' },
  ],
  run: ledger,
};
