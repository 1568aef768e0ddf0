import type { Connection } from '../database/connection.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import { keyIsAmong, keyText } from './row-key.ts';
import type { TableState } from './scan-state.ts';
import type { Exclusion } from './exclusion.ts';

const KEYS_AT_ONCE = 5_000;

/** Takes out those of the suspects of a table that an exclusion is about. */
export async function excludeRows(
  connection: Connection,
  state: TableState,
  exclusions: readonly Exclusion[],
): Promise<void> {
  for (const exclusion of exclusions) {
    if (exclusion.table.oid !== state.scanned.table.oid) continue;
    const suspects = state.seedKeys();
    for (let from = 0; from < suspects.length; from += KEYS_AT_ONCE) {
      const some = suspects.slice(from, from + KEYS_AT_ONCE);
      const { rows } = await connection.query<{ key: string }>(excluded(exclusion, some));
      state.exclude(
        exclusion,
        rows.map(({ key }) => key),
      );
    }
  }
}

function excluded({ table, condition }: Exclusion, keys: readonly string[]): Sql {
  const self = table.name.name;
  return sql`
    select ${keyText(table, self)} as key
      from ${table.name}
     where ${keyIsAmong(table, self, keys)}
       and (${condition})
  `;
}
