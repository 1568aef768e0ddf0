import { counted } from '../../kernel/counts.ts';
import type { ReportFacts } from './facts.ts';
import { moment } from '../wording.ts';

export interface Risk {
  readonly risk: string;
  /** What to do about it: a command, or a statement. */
  readonly remedy: string;
}

/** An archive that ends this soon is worth a decision. */
const SOON_DAYS = 7;

/** What may still go wrong, the most urgent first. */
export function risksOf(facts: ReportFacts): readonly Risk[] {
  return [
    ...chainRisks(facts),
    ...adminRisks(facts),
    ...guardRisks(facts),
    ...runRisks(facts),
    ...archiveRisks(facts),
    ...facts.checked.seen.notSeen.map((what) => ({
      risk: `Not seen: ${what}`,
      remedy: 'Look at it by hand, or give the role the right to read it, or the time.',
    })),
    ...facts.unindexed.map(({ table, constraint, parent, sql }) => ({
      risk: `No index for ${constraint} of ${table}: removing rows of ${parent} is slow`,
      remedy: sql,
    })),
    ...logRisks(facts),
  ];
}

function chainRisks({ chain }: ReportFacts): readonly Risk[] {
  return (chain?.problems ?? []).map(({ problem, atSeq }) => ({
    risk: `The ledger is broken${atSeq === null ? '' : ` at event ${String(atSeq)}`}: ${problem}`,
    remedy: 'hygiene ledger verify --digest FILE',
  }));
}

function adminRisks({ checked }: ReportFacts): readonly Risk[] {
  const { openAdmins } = checked.seen;
  if (openAdmins === 0) return [];
  return [
    {
      risk: `${counted(openAdmins, 'administrator')} with a default password`,
      remedy: 'Have their passwords changed now; hygiene scan names them.',
    },
  ];
}

function guardRisks({ checked }: ReportFacts): readonly Risk[] {
  return (checked.verify?.guards ?? [])
    .filter(({ state }) => state !== 'present')
    .map(({ migrationId, guard, state }) => ({
      risk: `Seed guard ${guard.name} on ${guard.table.toString()} is ${state}: seed data could come back`,
      remedy:
        state === 'off'
          ? `hygiene guard add ${migrationId}`
          : `hygiene guard check, then hygiene up`,
    }));
}

function runRisks({ records }: ReportFacts): readonly Risk[] {
  return [...records.values()].flatMap(({ id, status, lastError, openRunId }) => {
    if (openRunId !== null) {
      return [{ risk: `A run of ${id} is at work, or was killed`, remedy: 'hygiene status' }];
    }
    if (status === 'applied' || lastError === null) return [];
    return [{ risk: `The last run of ${id} failed: ${lastError}`, remedy: 'hygiene plan' }];
  });
}

function archiveRisks({ archives }: ReportFacts): readonly Risk[] {
  const byMigration = new Map<string, { readonly days: number; readonly at: Date }>();
  for (const { migrationId, daysLeft, expiresAt } of archives ?? []) {
    const known = byMigration.get(migrationId);
    if (known === undefined || daysLeft < known.days) {
      byMigration.set(migrationId, { days: daysLeft, at: expiresAt });
    }
  }
  return [...byMigration]
    .filter(([, { days }]) => days <= SOON_DAYS)
    .map(([id, { days, at }]) => ({
      risk:
        days > 0
          ? `The archive of ${id} ends in ${counted(days, 'day')} (${moment(at)}); after that it cannot be undone`
          : `The retention of the archive of ${id} has ended: personal data is kept longer than it should be`,
      remedy:
        days > 0
          ? `hygiene archive export ${id} --to DIRECTORY`
          : 'hygiene archive prune --dry-run',
    }));
}

function logRisks({ runLog, events }: ReportFacts): readonly Risk[] {
  const isNeeded = runLog === null && events.some(({ event }) => event === 'applied');
  if (!isNeeded) return [];
  return [
    {
      risk: 'The log of the cleanup was not found',
      remedy: 'Name its place with --log-dir; the ledger holds the same facts.',
    },
  ];
}
