import type { StatusReport } from '../../app/operations/status.ts';
import { counted } from '../../kernel/counts.ts';
import type { ChainReport } from '../../ledger/chain-report.ts';
import type { LedgerEvent } from '../../ledger/events.ts';
import type { LastVerification } from '../../ledger/looked-up.ts';
import type { Tone } from '../../report/content/block.ts';
import { moment } from '../../report/wording.ts';

/** What the ledger says of the database, in a word and a sentence. */
export interface Standing {
  readonly word: 'broken' | 'dirty' | 'failed' | 'running' | 'pending' | 'clean' | 'unknown';
  readonly sentence: string;
  /** What to do about it; null: nothing. */
  readonly next: string | null;
}

export interface StandingFacts {
  readonly status: StatusReport;
  /** Null: not looked at yet. */
  readonly chain: ChainReport | null;
  readonly verifications: readonly LastVerification[];
  /** The newest event that tells where a migration stands. */
  readonly lastEvent: LedgerEvent | null;
}

export const STANDING_TONES: Readonly<Record<Standing['word'], Tone>> = {
  broken: 'bad',
  dirty: 'bad',
  failed: 'bad',
  running: 'warn',
  pending: 'warn',
  clean: 'good',
  unknown: 'warn',
};

/** The worst comes first: what a broken ledger says is worth nothing. */
export function standingOf(facts: StandingFacts): Standing {
  return (
    brokenStanding(facts) ?? dirtyStanding(facts) ?? openStanding(facts) ?? restStanding(facts)
  );
}

function brokenStanding({ status, chain }: StandingFacts): Standing | null {
  if (status.chainIntact && chain?.ok !== false) return null;
  const [first] = chain?.problems ?? [];
  const at = first?.atSeq ?? null;
  const where = at === null ? '' : ` at event ${String(at)}`;
  const why = first === undefined ? 'its newest event was changed' : first.problem;
  return {
    word: 'broken',
    sentence: `The chain of the ledger is BROKEN${where}: ${why}. What it says cannot be relied on.`,
    next: 'hygiene ledger verify --digest FILE',
  };
}

function dirtyStanding({ status, verifications }: StandingFacts): Standing | null {
  const failed = verifications.filter(({ passed }) => !passed);
  const missing = status.migrations.filter(({ guard }) => guard === 'missing');
  if (failed.length + missing.length === 0) return null;
  const parts = [
    ...(failed.length === 0
      ? []
      : [
          `the last verification of ${failed.map(({ migrationId }) => migrationId).join(', ')} failed`,
        ]),
    ...(missing.length === 0 ? [] : [`${counted(missing.length, 'seed guard')} missing`]),
  ];
  return {
    word: 'dirty',
    sentence: `Rows came back, or could: ${parts.join('; ')}.`,
    next: 'hygiene check',
  };
}

function openStanding({ status }: StandingFacts): Standing | null {
  if (status.problem !== null) {
    return { word: 'failed', sentence: status.problem.message, next: status.problem.hint };
  }
  const running = status.migrations.filter(({ progress }) => progress !== null);
  if (running.length > 0) {
    const ids = running.map(({ id }) => id).join(', ');
    return {
      word: 'running',
      sentence: `${ids} is applied in batches and not at its end.`,
      next: null,
    };
  }
  const failed = status.migrations.find(
    ({ status: at, lastError }) => at !== 'applied' && lastError !== null,
  );
  if (failed !== undefined) {
    const sentence = `The last run of ${failed.id} failed: ${failed.lastError ?? ''}`;
    return { word: 'failed', sentence, next: 'hygiene plan' };
  }
  if (status.pending.length === 0) return null;
  const sentence = `${counted(status.pending.length, 'migration')} pending.`;
  return { word: 'pending', sentence, next: 'hygiene plan' };
}

function restStanding({ status, verifications, lastEvent }: StandingFacts): Standing {
  const [newest] = verifications;
  const applied = status.migrations.filter(({ status: at }) => at === 'applied');
  if (applied.length === 0) {
    return { word: 'unknown', sentence: 'Nothing was applied yet.', next: 'hygiene check' };
  }
  const isVerified = newest !== undefined && newest.seq > (lastEvent?.seq ?? 0);
  const done = `${counted(applied.length, 'migration')} applied, nothing pending`;
  return isVerified
    ? {
        word: 'clean',
        sentence: `${done}; all lasting checks passed on ${moment(newest.at)}.`,
        next: null,
      }
    : {
        word: 'clean',
        sentence: `${done}; verified before the commit, and not since.`,
        next: 'hygiene verify',
      };
}
