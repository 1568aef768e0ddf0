import { type Connection, queryOne } from '../database/connection.ts';
import { createTemporaryTable } from '../database/create-table-as.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import type { ProtectedSet } from './protected-set.ts';
import { identityColumns, rowIdentity, sameRow, selfAlias } from './row-identity.ts';

export interface ComparedInCluster {
  readonly gone: number;
  /** Whoever did it: which transaction wrote a row version is known on its node only. */
  readonly changed: number;
}

/** Brings the rows here again and compares them with those that were remembered. */
export async function compareInCluster(
  connection: Connection,
  { table }: ProtectedSet,
  { baseline, hash }: { readonly baseline: QualifiedName; readonly hash: Sql },
): Promise<ComparedInCluster> {
  const identity = rowIdentity(table);
  const self = selfAlias(table);
  const now = new QualifiedName('pg_temp', `${baseline.name}_now`);
  await createTemporaryTable(
    connection,
    now,
    sql`
    select ${identityColumns(identity, self)}, ${hash} as hygiene_hash
      from ${table.name}
      join ${baseline} as hygiene_before on ${sameRow(identity, self, 'hygiene_before')}
  `,
  );
  const compared = await queryOne<ComparedInCluster>(
    connection,
    sql`
    select count(*) filter (where hygiene_now.hygiene_hash is null)::float8 as gone,
           count(*) filter (where hygiene_now.hygiene_hash <> hygiene_before.hygiene_hash)::float8 as changed
      from ${baseline} as hygiene_before
      left join ${now} as hygiene_now on ${sameRow(identity, 'hygiene_now', 'hygiene_before')}
  `,
  );
  await connection.query(sql`drop table ${now}`);
  return compared;
}
