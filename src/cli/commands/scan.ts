import { HygieneError } from '../../kernel/errors.ts';
import type { ScanOptions } from '../../runner/scan-database.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import type { GivenOptions } from '../given-options.ts';
import { exitCodeOption, ownOption } from '../options.ts';

const FINDINGS = 3;
const MEGABYTE = 2 ** 20;

/**
 * Looks for demo, test and seed data; changes nothing.
 * @public
 */
export async function scan(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const { scanOperation } = await import('../../app/operations/scan.ts');
  const { scanText } = await import('../../report/scan.ts');
  const { findingRecord, scanFields } = await import('../../report/scan-document.ts');
  const report = await scanOperation(world, { ...connect, scan: scanOptions(given) });
  announce(report.target, report.environment);
  const isFound = report.findings.length > 0;
  return {
    outcome: isFound ? 'found' : 'nothing found',
    exitCode: isFound && given.flag('exit-code') ? FINDINGS : 0,
    text: scanText(report, style),
    fields: scanFields(report),
    records: report.findings.map((each) => findingRecord(each, given.flag('show-values'))),
  };
}

function scanOptions(given: GivenOptions): ScanOptions {
  return {
    tables:
      given
        .text('tables')
        ?.split(',')
        .map((name) => name.trim()) ?? null,
    minScore: minScore(given),
    passwordBudgetMs: given.milliseconds('password-time', 90),
    wholeUpToBytes: given.count('whole-up-to', 4096) * MEGABYTE,
  };
}

function minScore(given: GivenOptions): number {
  const text = given.text('min-score');
  if (text === null) return 0.6;
  const score = Number(text);
  if (text.trim() !== '' && score >= 0 && score <= 1) return score;
  throw new HygieneError('HYG_USAGE', {
    message: `--min-score is "${text}", but must be a number from 0 to 1.`,
    hint: 'certain is 0.9, likely 0.6, possible 0.3.',
  });
}

export const scanCommand: Command = {
  name: 'scan',
  usage: 'scan',
  describe: 'Find demo, test and seed data in a database that nobody has described',
  options: {
    tables: ownOption('string', 'Tables to look at, with commas between them [all]'),
    'min-score': ownOption('string', 'Show findings from this score on, 0 to 1 [0.6]'),
    'show-values': ownOption('boolean', 'Show the values that gave rows away, not their shape'),
    'password-time': ownOption('string', 'Seconds for trying default passwords, 0: none [90]'),
    'whole-up-to': ownOption('string', 'Look at a part of tables with more megabytes [4096]'),
    'exit-code': exitCodeOption,
  },
  positionals: [],
  run: scan,
};
