import type { ForeignKey } from '../catalog/model.ts';
import { references } from '../catalog/references.ts';
import type { Connection } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import { keyIsAmong, keyText } from './row-key.ts';
import type { Reference } from './rule/doomed-graph.ts';
import { only } from './sample-table.ts';
import type { ScanState } from './scan-state.ts';

const KEYS_AT_ONCE = 5_000;

/** Everything that references a doomed row, and what references that, as far as it is seed data. */
export async function readReferences(
  connection: Connection,
  state: ScanState,
  roots: ReadonlyMap<number, ReadonlySet<string>>,
): Promise<readonly Reference[]> {
  const references: Reference[] = [];
  const seen = new Map([...roots].map(([oid, keys]) => [oid, new Set(keys)]));
  let fresh: ReadonlyMap<number, readonly string[]> = new Map(
    [...roots].map(([oid, keys]) => [oid, [...keys]]),
  );
  while ([...fresh.values()].some((keys) => keys.length > 0)) {
    const found: Reference[] = [];
    for (const foreignKey of state.foreignKeys) {
      const parents = fresh.get(foreignKey.parent) ?? [];
      found.push(...(await readChildren(connection, state, { foreignKey, parents })));
    }
    references.push(...found);
    fresh = freshChildren(found, seen);
  }
  return references;
}

/** The seed rows that were not seen before, by table; they are seen now. */
function freshChildren(
  found: readonly Reference[],
  seen: Map<number, Set<string>>,
): ReadonlyMap<number, readonly string[]> {
  const fresh = new Map<number, string[]>();
  for (const { foreignKey, child, isSeed } of found) {
    const known = seen.get(foreignKey.child) ?? new Set<string>();
    seen.set(foreignKey.child, known);
    if (!isSeed || known.has(child)) continue;
    known.add(child);
    fresh.set(foreignKey.child, [...(fresh.get(foreignKey.child) ?? []), child]);
  }
  return fresh;
}

interface Children {
  readonly foreignKey: ForeignKey;
  readonly parents: readonly string[];
}

async function readChildren(
  connection: Connection,
  state: ScanState,
  { foreignKey, parents }: Children,
): Promise<readonly Reference[]> {
  const child = state.of(foreignKey.child);
  const parent = state.of(foreignKey.parent).scanned.table;
  const found: Reference[] = [];
  for (let from = 0; from < parents.length; from += KEYS_AT_ONCE) {
    const some = parents.slice(from, from + KEYS_AT_ONCE);
    const { rows } = await connection.query<{ child: string; parent: string }>(sql`
      select ${keyText(child.scanned.table, 't')} as child,
             ${keyText(parent, 'p')} as parent
        from ${only(child.scanned.table)} as t
        join ${parent.name} as p on ${references(foreignKey, 't', 'p')}
       where ${keyIsAmong(parent, 'p', some)}
    `);
    found.push(...rows.map((row) => ({ ...row, foreignKey, isSeed: child.isSeed(row.child) })));
  }
  return found;
}
