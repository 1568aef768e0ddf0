import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { exitCodeOption, ownOption } from '../options.ts';

const FINDINGS = 3;

/**
 * Looks for what would seed, and at the database for what could stop a run.
 * @public
 */
export async function doctor(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce } = context;
  const [fix, force, allow] = [
    given.flag('fix'),
    given.flag('force'),
    allowed(given.text('allow')),
  ];
  assertTogether({ fix, force, allow, settings: given.flag('settings') });
  if (given.flag('settings')) return settings(context);
  const { doctorOperation } = await import('../../app/operations/doctor.ts');
  const { doctorDocument, doctorFindings, doctorText } = await import('../../report/doctor.ts');
  const report = await doctorOperation(world, { ...connect, fix, force, allow });
  if (report.preflight !== null) announce(report.preflight.target, report.preflight.environment);
  const { error } = report;
  const isFound = doctorFindings(report) > 0;
  return {
    outcome: error === null ? (isFound ? 'findings' : 'clean') : 'error',
    exitCode: error?.exitCode ?? (isFound && given.flag('exit-code') ? FINDINGS : 0),
    text: doctorText(report, style),
    fields: doctorDocument(report),
    error,
  };
}

/** Each setting, its value, and where it came from. */
async function settings({
  world,
  connect,
  given,
  style,
  io,
}: CommandContext): Promise<CommandResult> {
  const { configSettings } = await import('../../app/operations/settings.ts');
  const { optionSettings } = await import('../settings.ts');
  const { settingsDocument, settingsText } = await import('../../report/doctor.ts');
  const all = [...optionSettings(given, io), ...(await configSettings(world, connect))];
  return {
    outcome: 'settings',
    exitCode: 0,
    text: settingsText(all, style),
    fields: settingsDocument(all),
  };
}

function allowed(text: string | null): readonly string[] {
  const names = text?.split(',').map((name) => name.trim()) ?? [];
  const bad = names.find((name) => !/^[a-z][a-z0-9_-]*$/.test(name));
  if (bad !== undefined) {
    throw usage(`--allow names environment markers, and "${bad}" cannot be one.`);
  }
  if (names.includes('production')) {
    throw usage('--allow production is not taken: production is what seeding is kept out of.');
  }
  return names;
}

interface Given {
  readonly fix: boolean;
  readonly force: boolean;
  readonly allow: readonly string[];
  readonly settings: boolean;
}

function assertTogether({ fix, force, allow, settings: isSettings }: Given): void {
  if (isSettings && (fix || force || allow.length > 0)) {
    throw usage('--config alone prints the settings; it goes with no other switch.');
  }
  if (!fix && (force || allow.length > 0)) {
    throw usage(`${force ? '--force' : '--allow'} says how to edit, so it needs --fix.`);
  }
}

function usage(message: string): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message,
    hint: 'hygiene doctor --fix --allow development   keeps seed files for databases with that marker.',
  });
}

/** Everywhere `--config` names the config file; here, without a name, it asks for the settings. */
function reworded(argv: readonly string[]): readonly string[] {
  return argv.map((word, at) => {
    const next = argv[at + 1];
    const isBare = word === '--config' && (next === undefined || next.startsWith('-'));
    return isBare ? '--settings' : word;
  });
}

export const doctorCommand: Command = {
  name: 'doctor',
  usage: 'doctor',
  describe: 'Find and disarm what would seed, and look at the database before a run',
  options: {
    fix: ownOption('boolean', 'Disarm what would seed'),
    allow: ownOption('string', 'With --fix: keep seed files for databases with this marker'),
    force: ownOption('boolean', 'With --fix: edit also what is not committed'),
    settings: ownOption('boolean', 'Print each setting and where it came from (or bare --config)'),
    'exit-code': { ...exitCodeOption, describe: 'Exit with 3 when there are findings or problems' },
  },
  positionals: [],
  reworded,
  run: doctor,
};
