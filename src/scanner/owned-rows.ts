import type { ForeignKey } from '../catalog/model.ts';
import { references } from '../catalog/references.ts';
import type { Connection } from '../database/connection.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { belongsToSeed, judgeOwnership, type OwnedRow, type Owner } from './ownership.ts';
import { keyIsAmong, keyText } from './row-key.ts';
import { only } from './sample-table.ts';
import type { ScanState, TableState } from './scan-state.ts';
import { createdAtSql } from './scanned-table.ts';

const KEYS_AT_ONCE = 5_000;
/** Rows of rows of rows: real schemas are not deeper. */
const DEEPEST = 6;

/**
 * Follows the foreign keys down from the seed rows: what belongs to them and was made with them is seed
 * data too. What a genuine person has a part in is counted apart.
 */
export async function findOwnedRows(connection: Connection, state: ScanState): Promise<void> {
  let parents: readonly TableState[] = state.tables.filter((each) => each.seedKeys().length > 0);
  for (let depth = 0; depth < DEEPEST && parents.length > 0; depth += 1) {
    const children = state.childrenOf(parents);
    const grown: TableState[] = [];
    for (const child of children) {
      const before = child.seedKeys().length;
      await state.attempt(child, () => judgeChildren(connection, state, child));
      if (child.seedKeys().length > before) grown.push(child);
    }
    parents = grown;
  }
}

interface ChildRow {
  readonly key: string;
  readonly created: number | null;
  /** Keys of the rows it references, in the order of the foreign keys. */
  readonly parents: readonly (string | null)[];
}

async function judgeChildren(
  connection: Connection,
  state: ScanState,
  child: TableState,
): Promise<void> {
  const keys = state.ownerKeysOf(child);
  const rows = new Map<string, ChildRow>();
  for (const key of keys) {
    const seeds = state.of(key.parent).seedKeys();
    for (let from = 0; from < seeds.length; from += KEYS_AT_ONCE) {
      const some = seeds.slice(from, from + KEYS_AT_ONCE);
      const found = await connection.query<ChildRow>(children(state, child, { keys, key, some }));
      for (const row of found.rows) rows.set(row.key, row);
    }
  }
  const found = [...rows.values()];
  const owned = found.map((row): OwnedRow => ({
    createdAt: row.created,
    owners: keys.flatMap((key, at) => ownerOf(state, key, row.parents[at] ?? null)),
  }));
  judgeOwnership(owned).forEach((verdict, at) => {
    const row = found[at];
    if (row === undefined) return;
    child.ownership(row.key, verdict);
    if (verdict !== 'seed') return;
    child.rows.add({ key: row.key, createdAt: row.created }, [
      {
        ...belongsToSeed(owned[at]?.owners ?? []),
        detector: 'owned-by-seed',
        family: 'group',
        column: null,
        value: null,
      },
    ]);
  });
}

function ownerOf(state: ScanState, { parent }: ForeignKey, key: string | null): readonly Owner[] {
  if (key === null) return [];
  const of = state.of(parent);
  return [
    {
      table: of.scanned.table.name.toString(),
      isSeed: of.isSeed(key),
      isAdmin: of.admins.has(key),
      isPersonal: state.isPersonal(parent),
      createdAt: of.rows.get(key)?.createdAt ?? null,
    },
  ];
}

interface Children {
  readonly keys: readonly ForeignKey[];
  readonly key: ForeignKey;
  readonly some: readonly string[];
}

function children(state: ScanState, child: TableState, { keys, key, some }: Children): Sql {
  const { scanned } = child;
  const alias = (each: ForeignKey): string => `p${String(keys.indexOf(each))}`;
  const joins = keys.map((each) => {
    const { table } = state.of(each.parent).scanned;
    return sql`left join ${table.name} as ${rawSql(alias(each))} on ${references(each, 't', alias(each))}`;
  });
  const parents = keys.map((each) => keyText(state.of(each.parent).scanned.table, alias(each)));
  return sql`
    select ${keyText(scanned.table, 't')} as key,
           ${createdAtSql(scanned, 't')} as created,
           array[${joinSql(parents, ', ')}]::text[] as parents
      from ${only(scanned.table)} as t
      ${joinSql(joins, '\n      ')}
     where ${keyIsAmong(state.of(key.parent).scanned.table, alias(key), some)}
  `;
}
