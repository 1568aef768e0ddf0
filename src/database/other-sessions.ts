import { sql } from '../kernel/sql.ts';
import type { Connection } from './connection.ts';

/** Sessions of clients in the same database, but for those of this tool. */
export interface OtherSessions {
  readonly user: string;
  /** Null where the role may not see it. */
  readonly application: string | null;
  readonly address: string | null;
  readonly count: number;
}

export async function otherSessions(connection: Connection): Promise<readonly OtherSessions[]> {
  const { rows } = await connection.query<OtherSessions>(sql`
    select coalesce(usename, 'an unknown role') as user,
           nullif(application_name, '') as application,
           host(client_addr) as address,
           count(*)::int as count
      from pg_stat_activity
     where datname = current_database()
       and pid <> pg_backend_pid()
       and coalesce(backend_type, 'client backend') = 'client backend'
       and coalesce(application_name, '') !~ '^hygiene( |$)'
     group by 1, 2, 3
     order by 4 desc, 1, 2, 3
  `);
  return rows;
}
