import type { Connection } from '../database/connection.ts';
import { joinSql, type Sql, sql } from '../kernel/sql.ts';
import type { ColumnRole } from './column-role.ts';
import { columnOf, keyIsAmong, keyText } from './row-key.ts';
import { only, somePages } from './sample-table.ts';
import type { TableState } from './scan-state.ts';
import { createdAtSql, type ScannedTable } from './scanned-table.ts';

/** Up to so many bytes every account of a table is read, beyond it the suspects, the admins and a sample. */
const READ_WHOLE_BYTES = 16 * 2 ** 20;
const SAMPLE = 10_000;
const KEYS_AT_ONCE = 5_000;

interface StoredPassword {
  readonly key: string;
  readonly createdAt: number | null;
  readonly stored: string;
  /** What a lazy password could be made of: user name, address, given name. */
  readonly hints: readonly string[];
}

export interface ReadAccounts {
  readonly accounts: readonly StoredPassword[];
  /** Whether every account of the table is among them. */
  readonly isWhole: boolean;
}

/** The columns with passwords of a table, each to be tried by itself. */
export function passwordColumns({ roles }: ScannedTable): readonly string[] {
  return [...roles].filter(([, role]) => role === 'password').map(([name]) => name);
}

export async function readAccounts(
  connection: Connection,
  state: TableState,
  { column, bytes }: { readonly column: string; readonly bytes: number },
): Promise<ReadAccounts> {
  const read = async (more: Sql, limit: Sql = sql``): Promise<readonly StoredPassword[]> => {
    const { rows } = await connection.query<StoredPassword>(
      accounts(state.scanned, { column, more, limit }),
    );
    return rows;
  };
  if (bytes <= READ_WHOLE_BYTES) return { accounts: await read(sql``), isWhole: true };
  const { table } = state.scanned;
  const known = [...state.admins, ...state.seedKeys()];
  const found = new Map<string, StoredPassword>();
  for (let from = 0; from < Math.min(known.length, SAMPLE); from += KEYS_AT_ONCE) {
    const some = known.slice(from, from + KEYS_AT_ONCE);
    for (const account of await read(sql`and ${keyIsAmong(table, 't', some)}`)) {
      found.set(account.key, account);
    }
  }
  const sampled = somePages((READ_WHOLE_BYTES / bytes) * 100);
  const { rows } = await connection.query<StoredPassword>(
    accounts(state.scanned, { column, sampled, limit: sql`limit ${SAMPLE}::int` }),
  );
  for (const account of rows) found.set(account.key, account);
  return { accounts: [...found.values()], isWhole: false };
}

/** Whose values a lazy password could be made of. */
const HINTED: ReadonlySet<ColumnRole> = new Set(['username', 'email', 'given-name', 'name']);

interface Accounts {
  readonly column: string;
  readonly sampled?: Sql;
  readonly more?: Sql;
  readonly limit?: Sql;
}

function accounts(
  scanned: ScannedTable,
  { column, sampled = sql``, more = sql``, limit = sql`` }: Accounts,
): Sql {
  const stored = columnOf('t', column);
  const hints = [...scanned.roles]
    .filter(([, role]) => HINTED.has(role))
    .map(([name]) => sql`${columnOf('t', name)}::text`);
  return sql`
    select ${keyText(scanned.table, 't')} as key,
           ${createdAtSql(scanned, 't')} as "createdAt",
           left(${stored}::text, 1000) as stored,
           array_remove(array[${joinSql(hints, ', ')}]::text[], null) as hints
      from ${only(scanned.table)} as t ${sampled}
     where ${stored} is not null ${more}
     ${limit}
  `;
}
