import { queryOne } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import { Ledger } from '../ledger/ledger.ts';
import { ledgerTable } from '../ledger/names.ts';
import type { BackupProof } from '../policy/backup.ts';
import type { EventContext } from './events.ts';

/** Records the backup that a run was given the proof of; the same one is recorded once. */
export async function recordBackup(
  { engine, environment, identity }: EventContext,
  proof: BackupProof,
): Promise<void> {
  const { session, names, facts } = engine;
  const { known } = await queryOne<{ known: boolean }>(
    session.connection,
    sql`
      select exists (
        select from ${ledgerTable(names)} as l
         where l.event = 'backup' and l.evidence ->> 'id' = ${proof.id}
      ) as known
    `,
  );
  if (known) return;
  const { runId, actor, toolVersion, configFingerprint } = facts;
  await new Ledger(session.connection, names).append({
    ...{ event: 'backup', migrationId: null, generation: null },
    ...{ runId, actor, toolVersion, configFingerprint, environment, identity },
    note: `${proof.method}, ${proof.location}`,
    evidence: { ...proof },
  });
}
