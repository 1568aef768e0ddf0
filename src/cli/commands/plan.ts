import type { ExecOrder } from '../../runner/pending.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import {
  execOrderOption,
  exitCodeOption,
  maintenanceOption,
  ownOption,
  strategyOption,
} from '../options.ts';

const PENDING = 3;

/**
 * What `up` would do; keeps nothing.
 * @public
 */
export async function plan(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const { writeJsonFile } = await import('../../app/write-json-file.ts');
  const { planOperation } = await import('../../app/operations/plan.ts');
  const { planText } = await import('../../report/plan.ts');
  const { planDocument, planOutcome } = await import('../../report/plan-document.ts');
  const execOrder = (given.text('exec-order') ?? 'linear') as ExecOrder;
  const report = await planOperation(world, { ...connect, execOrder });
  announce(report.target, report.environment);
  const out = given.text('out');
  if (out !== null) writeJsonFile(world.cwd, out, report.file);
  const isPending = report.migrations.length > 0;
  return {
    outcome: planOutcome(report),
    exitCode: isPending && given.flag('exit-code') ? PENDING : 0,
    text: out === null ? planText(report, style) : [...planText(report, style), ...outLines(out)],
    fields: { ...planDocument(report), digest: report.file.digest, file: out },
  };
}

function outLines(out: string): readonly string[] {
  return [
    '',
    `Written to ${out}. Next: hygiene backup --plan ${out}`,
    `Then: hygiene approve --plan ${out} (where it is demanded), hygiene up --plan ${out}`,
  ];
}

export const planCommand: Command = {
  name: 'plan',
  usage: 'plan',
  describe: 'Show what `up` would do, with exact counts; keeps nothing',
  options: {
    maintenance: maintenanceOption,
    strategy: strategyOption,
    out: ownOption('string', 'Write it to a file too, for `approve` and `up --plan`'),
    'exec-order': execOrderOption,
    'exit-code': exitCodeOption,
  },
  positionals: [],
  run: plan,
};
