import { extname, join, relative, resolve } from 'node:path';

import type { ReportForm } from '../../app/report-file.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { fileStamp } from '../../kernel/file-stamp.ts';
import type { Audience } from '../../report/final/facts.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import type { GivenOptions } from '../given-options.ts';
import { ownOption } from '../options.ts';
import {
  minScoreOption,
  passwordTimeOption,
  scanLimits,
  wholeUpToOption,
} from '../scan-options.ts';

/**
 * Writes a report of the database and its cleanups.
 * @public
 */
export async function report(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce, io } = context;
  const form = formOf(given);
  const audience = (given.text('for') ?? 'operations') as Audience;
  const path = placeOf(given, world.clock.now());
  const file = path === null ? null : resolve(io.cwd, path);
  const { assertFree, writeNewFiles } = await import('../../app/scaffold/new-file.ts');
  if (file !== null) assertFree(file);
  const { reportOperation } = await import('../../app/operations/report.ts');
  const { reportFileText } = await import('../../app/report-file.ts');
  const { reportDocument } = await import('../../report/final/document.ts');
  const { reportText } = await import('../../report/final/text.ts');
  const logDirectory = logDirectoryOf(given);
  const reported = await reportOperation(world, {
    ...connect,
    scan: scanLimits('check', given),
    logDirectory,
    observed: given.text('observed'),
  });
  const { probeDashboard } = await import('../../dashboard/probe.ts');
  // What somebody has seen counts more than what was tried here, so it comes last.
  const observations = [...(await probeDashboard(world, connect)), ...reported.observations];
  const facts = { ...reported, observations };
  announce(facts.target, facts.environment);
  const fields = reportDocument(facts);
  if (file !== null)
    writeNewFiles([{ path: file, text: await reportFileText(form, facts, audience) }]);
  const written = file === null ? null : relative(io.cwd, file);
  return {
    outcome: facts.checked.verdict,
    exitCode: 0,
    text: reportText(facts, written === null ? [] : [written], style),
    fields: { ...fields, file: written },
  };
}

const FORMS = { '.html': 'html', '.htm': 'html', '.md': 'markdown', '.json': 'json' } as const;

function formOf(given: GivenOptions): ReportForm {
  const out = given.text('out');
  if (out === null) return 'html';
  const ending = extname(out).toLowerCase();
  const form = Object.entries(FORMS).find(([known]) => known === ending)?.[1];
  if (form !== undefined) return form;
  throw new HygieneError('HYG_USAGE', {
    message: `--out is "${out}", but must end in .html, .md or .json: the ending says which form it gets.`,
    hint: 'hygiene report --out report.html',
  });
}

/** Null where the document on stdout is all that was asked for. */
function placeOf(given: GivenOptions, at: Date): string | null {
  const out = given.text('out');
  if (out !== null) return out;
  if (given.flag('json')) return null;
  const stamp = fileStamp(at);
  return join(logDirectoryOf(given), `report_${stamp}.html`);
}

function logDirectoryOf(given: GivenOptions): string {
  return given.text('log-dir') ?? 'hygiene/logs';
}

export const reportCommand: Command = {
  name: 'report',
  usage: 'report',
  describe: 'Write a report for those who approve, operate or build',
  options: {
    for: {
      ...ownOption('string', 'Whom it is for, and so how deep it goes [operations]'),
      choices: ['executive', 'operations', 'engineering'],
    },
    out: ownOption('string', 'File that ends in .html, .md or .json [in the log directory]'),
    observed: ownOption('string', 'JSON file of what was seen outside the database'),
    'min-score': minScoreOption,
    'password-time': passwordTimeOption('check'),
    'whole-up-to': wholeUpToOption,
  },
  positionals: [],
  run: report,
};
