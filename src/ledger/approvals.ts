import type { Connection } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import { ledgerTable, type LedgerNames } from './names.ts';

export interface Approval {
  readonly migrationId: string;
  /** Database login of whoever approved. */
  readonly login: string;
  readonly ageDays: number;
  /** By the very role that asks, or under its login. */
  readonly isOwn: boolean;
}

/** Who has approved a plan, the newest first. */
export async function approvalsOf(
  connection: Connection,
  names: LedgerNames,
  planDigest: string,
): Promise<readonly Approval[]> {
  const { rows } = await connection.query<{
    migration_id: string;
    login: string;
    age_days: number;
    is_own: boolean;
  }>(sql`
    select l.migration_id,
           l.actor ->> 'login' as login,
           (extract(epoch from clock_timestamp() - l.at) / 86400)::float8 as age_days,
           l.actor ->> 'login' = session_user or l.actor ->> 'role' = current_user as is_own
      from ${ledgerTable(names)} as l
     where l.event = 'approved'
       and l.evidence ->> 'planDigest' = ${planDigest}
     order by l.seq desc
  `);
  return rows.map(({ migration_id, login, age_days, is_own }) => ({
    ...{ migrationId: migration_id, login, ageDays: age_days, isOwn: is_own },
  }));
}
