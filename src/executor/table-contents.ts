import type { Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import { NOW, type Proof } from './restore-sql.ts';
import { rowHash } from './row-hash.ts';

/** Count and hash of everything in a table, generated columns included; the same for the same rows in any order. */
export function tableContents(connection: Connection, table: Table): Promise<Proof> {
  return queryOne<Proof>(
    connection,
    sql`
    select count(*)::float8 as rows, coalesce(sum(${rowHash(table.columns, NOW)}), 0)::text as hash
      from ${table.name} as hygiene_now
  `,
  );
}
