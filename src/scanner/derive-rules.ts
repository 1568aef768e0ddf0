import { findColumn, type ForeignKey, tableByOid } from '../catalog/model.ts';
import { referenceTo } from '../catalog/resolve.ts';
import type { Connection } from '../database/connection.ts';
import type { DependentAction, TableReference } from '../planner/steps.ts';
import { readReferences } from './read-references.ts';
import { ruleFor } from './rule-for-table.ts';
import { type Reference, settle, type Settled } from './rule/doomed-graph.ts';
import type { BlockedRows, SeedRule, SeedRules } from './rule/seed-rule.ts';
import type { ScanState, TableState } from './scan-state.ts';
import { kindOf } from './summarise.ts';

/** The rules that remove what was found and may go without taking a genuine row along. */
export async function deriveRules(
  connection: Connection,
  state: ScanState,
  minScore: number,
): Promise<SeedRules> {
  const roots = new Map(
    state.tables.map((table) => [table.scanned.table.oid, rootKeys(table, minScore)]),
  );
  const references = await readReferences(connection, state, roots);
  const settled = settle({ references, isNullable: (key) => isNullable(state, key) });
  const rules: SeedRule[] = [];
  const blocked: BlockedRows[] = [];
  for (const each of state.tables) {
    const { table } = each.scanned;
    const all = roots.get(table.oid) ?? new Set<string>();
    const stays = settled.blocked.get(table.oid) ?? new Set<string>();
    const doomed = [...all].filter((key) => !stays.has(key));
    const held = all.size - doomed.length;
    if (held > 0) blocked.push({ table, rows: held, reason: 'genuine rows would go with it' });
    if (doomed.length === 0) continue;
    const rule = await ruleFor(connection, each, doomed);
    if (table.key === null && rule.keys.length > 0) {
      const reason = 'the table has no key to name rows by';
      blocked.push({ table, rows: rule.keys.length, reason });
      if (rule.conditions.length === 0) continue;
    }
    rules.push({
      ...rule,
      keys: table.key === null ? [] : rule.keys,
      table,
      reference: referenceOf(state, each),
      ...follow(state, { oid: table.oid, doomed }, { references, settled }),
    });
  }
  return { rules, blocked };
}

/** What belongs to other seed data goes with it, and needs no rule of its own. */
function rootKeys(table: TableState, minScore: number): ReadonlySet<string> {
  const roots = table.rows.from(minScore).filter((row) => {
    const kind = kindOf(table, row);
    return kind !== null && kind !== 'owned-by-seed' && kind !== 'admin-default-password';
  });
  return new Set(roots.map(({ key }) => key));
}

function isNullable(state: ScanState, { child, childColumns }: ForeignKey): boolean {
  const { table } = state.of(child).scanned;
  return childColumns.every(
    (name) => findColumn(table, name)?.notNull === false && table.key?.includes(name) !== true,
  );
}

/** As a pair where a name holds a dot, which a text would break at. */
function referenceOf({ catalog }: ScanState, { scanned }: TableState): TableReference {
  const { schema, name } = scanned.table.name;
  return `${schema}${name}`.includes('.') ? [schema, name] : referenceTo(catalog, scanned.table);
}

interface Graph {
  readonly references: readonly Reference[];
  readonly settled: Settled;
}

interface Roots {
  readonly oid: number;
  readonly doomed: readonly string[];
}

/** How many rows go with those of a table, and what is to be said about the tables that they are in. */
function follow(
  { catalog }: ScanState,
  { oid, doomed: roots }: Roots,
  { references, settled }: Graph,
): Pick<SeedRule, 'allRows' | 'dependents'> {
  const doomed = new Map([[oid, new Set(roots)]]);
  const actions = new Map<ForeignKey, DependentAction>();
  let grown = true;
  while (grown) {
    grown = false;
    for (const { foreignKey, child, parent } of references) {
      if (doomed.get(foreignKey.parent)?.has(parent) !== true) continue;
      const action = settled.actions.get(foreignKey) ?? 'purge';
      actions.set(foreignKey, action);
      const keys = doomed.get(foreignKey.child) ?? new Set<string>();
      if (action === 'nullify' || keys.has(child)) continue;
      doomed.set(foreignKey.child, keys.add(child));
      grown = true;
    }
  }
  const allRows = [...doomed.values()].reduce((sum, keys) => sum + keys.size, 0);
  const dependents = [...actions].map(([key, action]) => {
    const table = referenceTo(catalog, tableByOid(catalog, key.child));
    const isAlone = [...actions].every(
      ([other, word]) => other.child !== key.child || word === action,
    );
    return [isAlone ? table : `${table}.${key.name}`, action] as const;
  });
  return { allRows, dependents: Object.fromEntries(dependents) };
}
