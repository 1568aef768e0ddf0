import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import type { GivenOptions } from '../given-options.ts';
import { maintenanceOption, type OptionSpec, ownOption } from '../options.ts';

/**
 * One run over many databases, here or by any number of machines.
 * @public
 */
export async function fleet(context: CommandContext): Promise<CommandResult> {
  const action = context.given.text('action');
  switch (action) {
    case 'up':
      return runFleet(context);
    case 'enqueue':
    case 'work':
      return useQueue(context, action);
    case 'status':
      return namesTargets(context.given) ? showFleet(context) : useQueue(context, action);
    case null:
    default:
      throw new HygieneError('HYG_USAGE', {
        message: 'What shall be done with the fleet was not said.',
        hint: 'hygiene fleet status --targets FILE   shows where each target stands.',
      });
  }
}

/** Without a list, the status of what was put into the queue is meant. */
function namesTargets(given: GivenOptions): boolean {
  return given.text('targets') !== null || given.text('targets-command') !== null;
}

async function runFleet({
  world,
  connect,
  given,
  style,
  say,
}: CommandContext): Promise<CommandResult> {
  const { fleetUpOperation } = await import('../../app/operations/fleet.ts');
  const { fleetUpText, targetLine } = await import('../../report/fleet.ts');
  const { results, waves, error } = await fleetUpOperation(world, {
    ...{ ...connect, ...shared(given), ...waveSizes(given) },
    goOn: given.text('on-failure') === 'continue',
    confirmTargets: confirmed(given),
    onTargetEnded: (result) => {
      say([targetLine(result, style)]);
    },
  });
  return {
    outcome: error === null ? 'done' : 'failed',
    exitCode: error?.exitCode ?? 0,
    text: fleetUpText(results, style),
    fields: { waves, targets: results },
    error,
  };
}

async function showFleet({ world, connect, given, style }: CommandContext): Promise<CommandResult> {
  const { fleetStatusOperation } = await import('../../app/operations/fleet.ts');
  const { fleetStatusText } = await import('../../report/fleet.ts');
  const { rows, error } = await fleetStatusOperation(world, { ...connect, ...shared(given) });
  return {
    outcome: error === null ? 'ok' : 'problem',
    exitCode: error?.exitCode ?? 0,
    text: fleetStatusText(rows, style),
    fields: { targets: rows },
    error,
  };
}

async function useQueue(
  { world, connect, given, style }: CommandContext,
  action: 'enqueue' | 'status' | 'work',
): Promise<CommandResult> {
  const { fleetEnqueueOperation, fleetQueueStatusOperation, fleetWorkOperation } =
    await import('../../app/operations/fleet-queue.ts');
  const { queueText } = await import('../../report/fleet.ts');
  const options = { ...connect, queueUrl: queueUrl(given), run: given.text('run') };
  const goOn = given.text('on-failure') === 'continue';
  const { targets } = shared(given);
  const queued =
    action === 'status'
      ? await fleetQueueStatusOperation(world, options)
      : action === 'enqueue'
        ? await fleetEnqueueOperation(world, { ...options, ...waveSizes(given), targets, goOn })
        : await fleetWorkOperation(world, {
            ...{ ...options, ...shared(given) },
            confirmTargets: confirmed(given),
          });
  const { error } = queued;
  return {
    outcome: error === null ? 'ok' : 'failed',
    exitCode: error?.exitCode ?? 0,
    text: queueText(queued, style),
    fields: { run: queued.run, targets: queued.targets },
    error,
  };
}

function shared(given: GivenOptions): {
  readonly targets: { readonly file: string | null; readonly command: string | null };
  readonly concurrency: number;
} {
  return {
    targets: { file: given.text('targets'), command: given.text('targets-command') },
    concurrency: given.count('concurrency', 4),
  };
}

function waveSizes(given: GivenOptions): {
  readonly canary: number;
  readonly waveSize: number | null;
} {
  const canary = given.text('canary') === '0' ? 0 : given.count('canary', 1);
  return {
    canary,
    waveSize: given.text('wave-size') === null ? null : given.count('wave-size', 1),
  };
}

function confirmed(given: GivenOptions): number | null {
  return given.text('confirm-targets') === null ? null : given.count('confirm-targets', 1);
}

function queueUrl(given: GivenOptions): string {
  const url = given.text('queue-url');
  if (url !== null) return url;
  throw new HygieneError('HYG_USAGE', {
    message: 'Where the queue is was not said.',
    hint: '--queue-url postgres://USER:PASSWORD@HOST:PORT/DATABASE   (or HYGIENE_QUEUE_URL)\nWithout a queue: hygiene fleet status --targets FILE, hygiene fleet up --targets FILE',
  });
}

const queueUrlOption: OptionSpec = {
  type: 'string',
  describe: 'With enqueue, work, status: the database that holds the queue',
  variable: 'HYGIENE_QUEUE_URL',
  group: 'Command',
};

export const fleetCommand: Command = {
  name: 'fleet',
  usage: 'fleet <action>',
  describe: 'Run on many databases: canary, then waves; alone or with other machines',
  options: {
    targets: ownOption('string', 'File of URLs, one a line, or JSON'),
    'targets-command': ownOption(
      'string',
      'Line for the shell that prints them, in place of a file',
    ),
    concurrency: ownOption('string', 'Targets that are worked on at one time [4]'),
    canary: ownOption('string', 'Targets of the first wave [1]'),
    'wave-size': ownOption('string', 'Targets of each later wave [all the rest]'),
    'on-failure': {
      ...ownOption('string', 'What a target that fails does to the others [stop]'),
      choices: ['stop', 'continue'],
    },
    'confirm-targets': ownOption('string', 'Number of targets, where production must be confirmed'),
    'queue-url': queueUrlOption,
    run: ownOption('string', 'Name of the queued run [the newest; enqueue: the time]'),
    maintenance: maintenanceOption,
  },
  positionals: [
    {
      name: 'action',
      describe: 'up, status, enqueue or work',
      choices: ['up', 'status', 'enqueue', 'work'],
    },
  ],
  run: fleet,
};
