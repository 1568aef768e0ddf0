import { HygieneError } from '../kernel/errors.ts';
import type { AllowedHours } from './hours.ts';

export const PRODUCTION = 'production';

/** What an environment demands of a run, with every default filled in. */
export interface Demands {
  readonly confirm: boolean;
  readonly budget: boolean;
  readonly approval: boolean;
  /** When a run may begin: in any of these; empty: always. */
  readonly allowedHours: readonly AllowedHours[];
  readonly backup: {
    readonly maxAgeHours: number;
    readonly mustBeRestoreTested: boolean;
  } | null;
}

/** Nothing: for databases that nobody marked, or of which the config does not speak. */
export const NO_DEMANDS: Demands = {
  confirm: false,
  budget: false,
  approval: false,
  allowedHours: [],
  backup: null,
};

export interface EnvironmentFacts {
  /** The marker in the database, or null when nobody marked it. */
  readonly marker: string | null;
  readonly database: string;
  /** What the person or the pipeline confirmed, or null. */
  readonly confirmed: string | null;
  /** Whether the config demands a confirmation for this environment. */
  readonly confirmRequired: boolean;
  /** The command that asks, such as `restore 20260112090000_purge`; default `up`. */
  readonly command?: string;
}

/**
 * In production the database must be named, so that no run reaches it by a wrong variable.
 * @returns HYG_REFUSED_CONFIRM, or null
 */
export function checkConfirmation(facts: EnvironmentFacts): HygieneError | null {
  const { marker, database, confirmed } = facts;
  if (marker !== PRODUCTION && !facts.confirmRequired) return null;
  if (confirmed === database) return null;
  const command = facts.command ?? 'up';
  const asked = `hygiene ${command} --confirm ${database}   (or HYGIENE_CONFIRM=${database})`;
  return new HygieneError('HYG_REFUSED_CONFIRM', {
    message:
      confirmed === null
        ? `Database "${database}" is marked ${marker ?? 'unmarked'}: \`${command.split(' ')[0] ?? command}\` needs its name as confirmation.`
        : `The confirmation names "${confirmed}", but this is database "${database}" (${marker ?? 'unmarked'}).`,
    hint:
      confirmed === null ? asked : `Check the target first. If "${database}" is meant: ${asked}`,
    details: { marker, database, confirmed },
  });
}

/** Whether a migration is meant for this environment; without a list it is meant for all. */
export function isForEnvironment(
  environments: readonly string[] | null,
  marker: string | null,
): boolean {
  return environments === null || (marker !== null && environments.includes(marker));
}
