import { HygieneError } from '../kernel/errors.ts';

export interface ProtectedChangeFacts {
  readonly set: string;
  readonly table: string;
  readonly changedByUs: number;
  readonly gone: number;
  readonly changedByOthers: number;
  /** Rows of the table that this transaction deleted or updated without having announced them. */
  readonly unannouncedChanges: number;
}

/**
 * A protected row that we changed fails the run. A row that is gone (deleted, or with another key)
 * is ours only if we changed rows of that table beyond those that were checked beforehand; otherwise
 * another session did it.
 * @returns sentences about what other sessions did meanwhile, for the log
 * @throws HygieneError HYG_RUN_PROTECTED_CHANGED
 */
export function judgeProtectedChanges(facts: readonly ProtectedChangeFacts[]): readonly string[] {
  const remarks: string[] = [];
  for (const fact of facts) {
    const removedByUs = fact.unannouncedChanges > 0 ? fact.gone : 0;
    if (fact.changedByUs + removedByUs > 0) throw protectedChanged(fact, removedByUs);
    const byOthers = fact.changedByOthers + fact.gone;
    if (byOthers > 0) {
      remarks.push(
        `${String(byOthers)} protected rows of ${fact.table} were changed meanwhile by other sessions.`,
      );
    }
  }
  return remarks;
}

function protectedChanged(fact: ProtectedChangeFacts, removed: number): HygieneError {
  return new HygieneError('HYG_RUN_PROTECTED_CHANGED', {
    message:
      `The migration changed protected rows of ${fact.table} (${fact.set}): ` +
      `${String(fact.changedByUs)} changed, ${String(removed)} removed.`,
    hint: 'Leave these rows out. Protected sets are declared in hygiene/config (protect).',
    details: { ...fact },
  });
}
