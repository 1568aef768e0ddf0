import { queryOne } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import { Ledger } from '../ledger/ledger.ts';
import { ledgerTable } from '../ledger/names.ts';
import type { BackupProof } from '../policy/backup.ts';
import type { EventContext } from './events.ts';
import { whyNotRecorded } from './not-recorded.ts';

/** What is kept of a backup, in place of its proof alone: size, position in the log, tables. */
type BackupFacts = Readonly<Record<string, unknown>>;

/**
 * Records the backup that a run was given the proof of, or that we have made. The same one is recorded
 * once, and once more when a restore of it was tested.
 */
export async function recordBackup(
  { engine, environment, identity }: EventContext,
  proof: BackupProof,
  facts: BackupFacts = { ...proof },
): Promise<void> {
  const { session, names } = engine;
  const { known } = await queryOne<{ known: boolean }>(
    session.connection,
    sql`
      select exists (
        select from ${ledgerTable(names)} as l
         where l.event = 'backup' and l.evidence ->> 'id' = ${proof.id}
           and l.evidence ->> 'restoreTestedAt'
               is not distinct from ${proof.restoreTestedAt ?? null}::text
      ) as known
    `,
  );
  if (known) return;
  const { runId, actor, toolVersion, configFingerprint } = engine.facts;
  const tested = proof.restoreTestedAt === undefined ? '' : ', restore tested';
  await new Ledger(session.connection, names).append({
    ...{ event: 'backup', migrationId: null, generation: null },
    ...{ runId, actor, toolVersion, configFingerprint, environment, identity },
    note: `${proof.method}, ${proof.location}${tested}`,
    evidence: facts,
  });
}

/** The same where it must not fail. @returns why it was not recorded, or null */
export async function tryToRecordBackup(
  context: EventContext,
  proof: BackupProof,
  facts: BackupFacts,
): Promise<string | null> {
  try {
    await recordBackup(context, proof, facts);
    return null;
  } catch (error) {
    return whyNotRecorded(context.engine, error);
  }
}
