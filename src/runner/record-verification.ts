import type { CheckResult } from '../authoring/expect.ts';
import { BEGIN } from '../database/settings.ts';
import { counted } from '../kernel/counts.ts';
import { rawSql } from '../kernel/sql.ts';
import type { NewEvent } from '../ledger/events.ts';
import type { MigrationRecord } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import { type EventContext, migrationEvent } from './events.ts';
import { whyNotRecorded } from './not-recorded.ts';
import { subjectOf } from './restore.ts';

export interface Verified {
  readonly record: MigrationRecord;
  readonly checks: readonly CheckResult[];
}

/**
 * Records each migration whose lasting checks were repeated, whatever they found. That nothing can be
 * recorded fails no verify: a role that may only read, or a standby, can still say what it saw.
 * @returns why it was not recorded, or null
 */
export async function recordVerification(
  context: EventContext,
  verified: readonly Verified[],
): Promise<string | null> {
  const worth = verified.filter(({ checks }) => checks.length > 0);
  if (worth.length === 0) return null;
  const { engine } = context;
  const { connection } = engine.session;
  try {
    await connection.query(rawSql(BEGIN));
    const ledger = new Ledger(connection, engine.names);
    for (const each of worth) {
      await ledger.advance(each.record.status, verifiedEvent(context, each));
    }
    await connection.query(rawSql('commit'));
    return null;
  } catch (error) {
    return await whyNotRecorded(engine, error);
  }
}

function verifiedEvent(context: EventContext, { record, checks }: Verified): NewEvent {
  const { generation } = record;
  const failed = checks.filter(({ passed }) => !passed);
  const found = failed.map(
    ({ label, expected, actual }) => `${label}: ${expected}, found ${actual}`,
  );
  return {
    ...migrationEvent(context, 'verified', { migration: subjectOf(record), generation }),
    checks: checks.map((check) => ({ ...check })),
    error:
      failed.length === 0
        ? null
        : {
            code: 'HYG_VERIFY_FAILED',
            message: `${counted(failed.length, 'lasting check')} failed: ${found.join('; ')}`,
          },
  };
}
