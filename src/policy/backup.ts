import { HygieneError } from '../kernel/errors.ts';
import type { Demands } from './environment.ts';
import { differingFields, type IdentityFields } from './identity.ts';

/** What whoever made a backup says of it. */
export interface BackupProof {
  readonly id: string;
  /** ISO 8601. */
  readonly takenAt: string;
  /** As far as it is known: `systemIdentifier`, `database` and so on, as `ledger` shows them. */
  readonly identity: IdentityFields;
  readonly location: string;
  readonly method: string;
  readonly sha256?: string | undefined;
  /** ISO 8601; absent: nobody has tried. */
  readonly restoreTestedAt?: string | undefined;
}

export interface BackupFacts {
  readonly environment: string;
  readonly proof: BackupProof | null;
  readonly identity: IdentityFields;
  /** The clock of this machine. */
  readonly now: Date;
}

const HOUR_MS = 3_600_000;
/** Clocks differ. */
const FUTURE_MS = 5 * 60_000;

/** @returns HYG_REFUSED_BACKUP, or null */
export function checkBackup(
  demand: Demands['backup'],
  { environment, proof, identity, now }: BackupFacts,
): HygieneError | null {
  if (demand === null) return null;
  const { maxAgeHours, mustBeRestoreTested } = demand;
  if (proof === null) {
    return refused(
      `${environment} demands proof of a backup that is at most ${hours(maxAgeHours)} old.`,
    );
  }
  const ageMs = now.getTime() - Date.parse(proof.takenAt);
  if (ageMs < -FUTURE_MS)
    return refused(`Backup ${proof.id} says that it was taken in the future.`);
  if (ageMs > maxAgeHours * HOUR_MS) {
    const age = hours(Math.floor(ageMs / HOUR_MS));
    return refused(
      `Backup ${proof.id} is ${age} old; ${environment} demands at most ${hours(maxAgeHours)}.`,
    );
  }
  if (mustBeRestoreTested && proof.restoreTestedAt === undefined) {
    return refused(`Nobody has tested a restore of backup ${proof.id}; ${environment} demands it.`);
  }
  const [other] = differingFields(proof.identity, identity);
  return other === undefined
    ? null
    : refused(`Backup ${proof.id} is of another database: ${other.field} ${String(other.marked)}.`);
}

function hours(count: number): string {
  return count === 1 ? '1 hour' : `${String(count)} hours`;
}

function refused(message: string): HygieneError {
  return new HygieneError('HYG_REFUSED_BACKUP', {
    message,
    hint: 'Nothing was changed. Take one, test it, and give its proof:\nhygiene backup, hygiene backup verify FILE --restore, hygiene up --backup-proof FILE.json',
  });
}
