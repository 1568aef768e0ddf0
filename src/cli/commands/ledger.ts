import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption } from '../options.ts';

const EVENTS_DEFAULT = 100;

/**
 * The events of the ledger, its digest, or the proof of its chain.
 * @public
 */
export async function ledger(context: CommandContext): Promise<CommandResult> {
  const action = context.given.text('action');
  const subject = context.given.text('subject');
  if (action === 'show') return showEvents(context, subject);
  if (subject !== null) throw takesNothing(action ?? 'list', subject);
  if (action === 'export') return exportLedger(context);
  if (action === 'digest') return digestOfLedger(context);
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
  const { world, connect, given, style, announce } = context;
  const { ledgerVerifyOperation } = await import('../../app/operations/ledger.ts');
  const { chainDocument, chainText } = await import('../../report/ledger.ts');
  const report = await ledgerVerifyOperation(world, {
    ...connect,
    digest: given.text('digest'),
  });
  announce(report.target, report.environment);
  const error = report.chain?.ok === false ? broken(report.chain.problems.length) : report.mismatch;
  const outcome = report.chain === null ? 'not installed' : 'intact';
  return {
    outcome: error === null ? outcome : 'broken',
    exitCode: error?.exitCode ?? 0,
    text: chainText(report, style),
    fields: chainDocument(report),
    error,
  };
}

/** Small enough for a log line, a ticket or a printer. */
async function digestOfLedger(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, announce } = context;
  const { writeJsonFile } = await import('../../app/write-json-file.ts');
  const { ledgerDigestOperation } = await import('../../app/operations/ledger.ts');
  const { digestDocument, digestText } = await import('../../report/ledger.ts');
  const report = await ledgerDigestOperation(world, connect);
  announce(report.target, report.environment);
  const out = given.text('out');
  const fields = digestDocument(report);
  if (out !== null) writeJsonFile(world.cwd, out, { schemaVersion: 1, ...fields });
  return { outcome: 'ok', exitCode: 0, text: digestText(report, out), fields };
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
  const output = given.text('out');
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
  describe: 'List, show or export the events of the ledger, or prove that nobody edited it',
  options: {
    migration: ownOption('string', 'Only events of this migration'),
    format: { ...ownOption('string', 'Of an export [json]'), choices: ['json', 'csv'] },
    out: ownOption('string', 'Of an export or a digest: write it to a file'),
    digest: ownOption('string', 'For verify: file that `ledger digest --out` has written'),
    limit: ownOption('string', `At most so many, the newest [${EVENTS_DEFAULT}]`),
  },
  positionals: [
    {
      name: 'action',
      describe: 'list (default), show, export, digest or verify',
      choices: ['list', 'show', 'export', 'digest', 'verify'],
    },
    { name: 'subject', describe: 'For show: the number of an event, or the id of a migration' },
  ],
  run: ledger,
};
