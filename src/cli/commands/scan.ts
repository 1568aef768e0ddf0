import { relative } from 'node:path';

import type { ScanOptions } from '../../runner/scan-database.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import type { GivenOptions } from '../given-options.ts';
import { exitCodeOption, ownOption } from '../options.ts';
import {
  minScoreOption,
  passwordTimeOption,
  scanLimits,
  wholeUpToOption,
} from '../scan-options.ts';

const FINDINGS = 3;

/**
 * Looks for demo, test and seed data; changes nothing.
 * @public
 */
export async function scan(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce, io } = context;
  const { scanOperation } = await import('../../app/operations/scan.ts');
  const { scanText } = await import('../../report/scan.ts');
  const { findingRecord, scanFields } = await import('../../report/scan-document.ts');
  const write = given.text('write');
  const report = await scanOperation(world, { ...connect, scan: scanOptions(given), write });
  announce(report.target, report.environment);
  const written = report.written === null ? null : relative(io.cwd, report.written);
  const isFound = report.findings.length > 0;
  return {
    outcome: isFound ? 'found' : 'nothing found',
    exitCode: isFound && given.flag('exit-code') ? FINDINGS : 0,
    text: scanText({ ...report, written }, style),
    fields: { ...scanFields(report), written },
    records: report.findings.map((each) => findingRecord(each, given.flag('show-values'))),
  };
}

function scanOptions(given: GivenOptions): ScanOptions {
  const names = given
    .text('tables')
    ?.split(',')
    .map((name) => name.trim());
  return {
    ...scanLimits('scan', given),
    tables: names?.filter((name) => name !== '') ?? null,
    withRules: given.text('write') !== null,
  };
}

export const scanCommand: Command = {
  name: 'scan',
  usage: 'scan',
  describe: 'Find demo, test and seed data in a database that nobody has described',
  options: {
    tables: ownOption('string', 'Tables to look at, with commas between them [all]'),
    'min-score': minScoreOption,
    write: ownOption('string', 'Write the migration that removes the findings, by this name'),
    'show-values': ownOption('boolean', 'Show the values that gave rows away, not their shape'),
    'password-time': passwordTimeOption('scan'),
    'whole-up-to': wholeUpToOption,
    'exit-code': exitCodeOption,
  },
  positionals: [],
  run: scan,
};
