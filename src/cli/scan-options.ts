import { HygieneError } from '../kernel/errors.ts';
import type { ScanOptions } from '../runner/scan-database.ts';
import { DEFAULT_MIN_SCORE, isScore } from '../scanner/score.ts';
import type { GivenOptions } from './given-options.ts';
import { type OptionSpec, ownOption } from './options.ts';

const MEGABYTE = 2 ** 20;

export const minScoreOption = ownOption('string', 'From which score on a row counts, 0 to 1 [0.6]');
/** A check stands in pipelines, where a minute is long. */
const PASSWORD_SECONDS = { scan: 60, check: 20 } as const;

export const passwordTimeOption = (command: keyof typeof PASSWORD_SECONDS): OptionSpec =>
  ownOption(
    'string',
    `Seconds for trying default passwords, 0: none [${String(PASSWORD_SECONDS[command])}]`,
  );

export const wholeUpToOption = ownOption(
  'string',
  'Look at a part only of tables with more megabytes [4096]',
);

/** @throws HygieneError HYG_USAGE */
export function scanLimits(
  command: keyof typeof PASSWORD_SECONDS,
  given: GivenOptions,
): Omit<ScanOptions, 'tables' | 'withRules'> {
  return {
    minScore: minScore(given),
    passwordBudgetMs: given.milliseconds('password-time', PASSWORD_SECONDS[command]),
    wholeUpToBytes: given.count('whole-up-to', 4096) * MEGABYTE,
  };
}

function minScore(given: GivenOptions): number {
  const text = given.text('min-score');
  if (text === null) return DEFAULT_MIN_SCORE;
  const score = Number(text);
  if (text.trim() !== '' && isScore(score)) return score;
  throw new HygieneError('HYG_USAGE', {
    message: `--min-score is "${text}", but must be a number from 0 to 1.`,
    hint: 'certain is 0.9, likely 0.6, possible 0.3.',
  });
}
