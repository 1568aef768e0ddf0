import { join } from 'node:path';

import { HygieneError } from '../../kernel/errors.ts';
import { fileStamp } from '../../kernel/file-stamp.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { ownOption, planOption } from '../options.ts';
import {
  minScoreOption,
  passwordTimeOption,
  scanLimits,
  wholeUpToOption,
} from '../scan-options.ts';

/**
 * Puts all that there is about one migration into one file.
 * @public
 */
export async function bundle(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const id = given.text('id');
  if (id === null) {
    throw new HygieneError('HYG_USAGE', {
      message: 'Which migration the bundle shall be about was not said.',
      hint: 'hygiene status   lists the ids; then: hygiene bundle ID',
    });
  }
  const logDirectory = given.text('log-dir') ?? 'hygiene/logs';
  const stamp = fileStamp(world.clock.now());
  const { bundleOperation } = await import('../../app/operations/bundle.ts');
  const { bundleText } = await import('../../report/bundle.ts');
  const report = await bundleOperation(world, {
    ...connect,
    id,
    logDirectory,
    out: given.text('out') ?? join(logDirectory, `bundle_${id}_${stamp}.tar.gz`),
    plan: given.text('plan'),
    scan: scanLimits('check', given),
  });
  const { target, environment, ...facts } = report;
  announce(target, environment);
  return { outcome: 'created', exitCode: 0, text: bundleText(facts, style), fields: facts };
}

export const bundleCommand: Command = {
  name: 'bundle',
  usage: 'bundle <id>',
  describe: 'Put report, ledger, logs, plan and backup proof of a migration into one file',
  options: {
    out: ownOption('string', 'The file that gets it, .tar.gz [in the directory of the logs]'),
    plan: planOption,
    'min-score': minScoreOption,
    'password-time': passwordTimeOption('check'),
    'whole-up-to': wholeUpToOption,
  },
  positionals: [{ name: 'id', describe: 'Id of the migration' }],
  run: bundle,
};
