import type { Connection } from '../database/connection.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { columnOf, keyIsAmong, keyText } from './row-key.ts';
import { candidates, type DoomedRow, type RuleColumn } from './rule/candidates.ts';
import { chooseConditions } from './rule/choose-conditions.ts';
import type { SeedRule } from './rule/seed-rule.ts';
import { only } from './sample-table.ts';
import type { TableState } from './scan-state.ts';

const KEYS_AT_ONCE = 5_000;
/** What a condition may be made of; free text would tell too much and match too little. */
const TELLING = new Set(['email', 'name', 'username', 'title', 'company', 'created-at']);

export type TableRule = Pick<SeedRule, 'conditions' | 'keys' | 'isLasting' | 'rows'>;

/** The conditions for the rows of one table: each is tried, and taken where all that it matches is to go. */
export async function ruleFor(
  connection: Connection,
  { scanned }: TableState,
  doomed: readonly string[],
): Promise<TableRule> {
  const { table } = scanned;
  const columns = [...scanned.roles]
    .filter(([, role]) => TELLING.has(role))
    .map(([name, role]): RuleColumn => ({ name, role }));
  const rows: DoomedRow[] = [];
  for (let from = 0; from < doomed.length && columns.length > 0; from += KEYS_AT_ONCE) {
    const some = doomed.slice(from, from + KEYS_AT_ONCE);
    const values = columns.map(({ name }) => sql`${columnOf('t', name)}::text`);
    const read = await connection.query<DoomedRow>(sql`
      select ${keyText(table, 't')} as key, array[${joinSql(values, ', ')}] as values
        from ${only(table)} as t
       where ${keyIsAmong(table, 't', some)}
    `);
    rows.push(...read.rows);
  }
  const keys = new Set(doomed);
  const sure: ReturnType<typeof candidates>[number][] = [];
  for (const candidate of candidates(columns, rows)) {
    const matched = await keysWhere(connection, scanned, {
      condition: rawSql(candidate.condition),
      most: keys.size + 1,
    });
    const isExact = matched.length <= keys.size && matched.every((key) => keys.has(key));
    if (isExact) sure.push({ ...candidate, keys: new Set(matched) });
  }
  const { conditions, rest } = chooseConditions(doomed, sure);
  return {
    conditions: conditions.map(({ condition }) => condition),
    keys: rest,
    isLasting: rest.length === 0 && conditions.every(({ isLasting }) => isLasting),
    rows: doomed.length,
  };
}

async function keysWhere(
  connection: Connection,
  { table }: TableState['scanned'],
  { condition, most }: { readonly condition: Sql; readonly most: number },
): Promise<readonly string[]> {
  const self = table.name.name;
  const { rows } = await connection.query<{ key: string }>(sql`
    select ${keyText(table, self)} as key
      from ${only(table)}
     where ${condition}
     limit ${most}::int
  `);
  return rows.map(({ key }) => key);
}
