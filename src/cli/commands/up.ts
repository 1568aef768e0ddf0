import type { UpOperationReport } from '../../app/operations/up.ts';
import type { ExecOrder } from '../../runner/pending.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { batchOptions } from '../given-options.ts';
import {
  allowConnectionsOption,
  backupProofCommandOption,
  backupProofOption,
  batchOptionSpecs,
  confirmOption,
  execOrderOption,
  maintenanceOption,
  outsideWindowOption,
  planOption,
  strategyOption,
} from '../options.ts';

/** What changed data, or tried to. */
const LOGGED = new Set(['applied', 'applied unseen', 'failed', 'in_progress']);

/**
 * Applies what is pending, and leaves a log of it.
 * @public
 */
export function up(context: CommandContext): Promise<CommandResult> {
  return runMigrations(context, 'up');
}

/** `up`, or `work`, which only goes on with what an `up` has begun. */
export async function runMigrations(
  context: CommandContext,
  what: 'up' | 'work',
): Promise<CommandResult> {
  const { world, connect, given, style, announce, say } = context;
  const { upOperation } = await import('../../app/operations/up.ts');
  const { resultText, upEnding, workEnding } = await import('../../report/up.ts');
  const { upDocument, upOutcome } = await import('../../report/up-document.ts');
  const report = await upOperation(world, {
    ...connect,
    batches: batchOptions(given),
    onlyBegun: what === 'work',
    execOrder: (given.text('exec-order') ?? 'linear') as ExecOrder,
    confirm: given.text('confirm'),
    outsideWindow: given.text('outside-window'),
    allowConnections: given.flag('allow-connections'),
    probeDashboard: async () => {
      const { dashboardFailure } = await import('../../dashboard/probe.ts');
      return dashboardFailure(world, connect);
    },
    plan: given.text('plan'),
    backupProof: {
      file: given.text('backup-proof'),
      command: given.text('backup-proof-command'),
    },
    onBegin: announce,
    onResult: (result) => {
      say(resultText(result, style));
    },
  });
  announce(report.target, report.environment);
  const isWorthALog = report.results.some(({ outcome }) => LOGGED.has(outcome.kind));
  const runLog = isWorthALog ? await leaveRunLog(context, report) : null;
  const text = what === 'up' ? upEnding(report, style) : workEnding(report, style);
  return {
    outcome: upOutcome(report),
    exitCode: report.error?.exitCode ?? 0,
    text: runLog === null ? text : [...text, `Log: ${runLog}`],
    fields: { ...upDocument(report), runLog },
    error: report.error,
  };
}

async function leaveRunLog(
  { io, world, given }: CommandContext,
  report: UpOperationReport,
): Promise<string | null> {
  const { writeRunLog } = await import('../run-log.ts');
  return writeRunLog({ io, world, directory: given.text('log-dir') ?? 'hygiene/logs' }, report);
}

export const upCommand: Command = {
  name: 'up',
  usage: 'up',
  describe: 'Apply what is pending: once, proven before commit, on record',
  options: {
    confirm: confirmOption,
    plan: planOption,
    'backup-proof': backupProofOption,
    'backup-proof-command': backupProofCommandOption,
    maintenance: maintenanceOption,
    'allow-connections': allowConnectionsOption,
    'outside-window': outsideWindowOption,
    strategy: strategyOption,
    'exec-order': execOrderOption,
    ...batchOptionSpecs,
  },
  positionals: [],
  run: up,
};
