import type { OnDelete } from '../../src/catalog/model.ts';
import type { DependentAction } from '../../src/planner/steps.ts';
import { fillTables } from './fill-tables.ts';
import type {
  ColumnSpec,
  Draft,
  ForeignKeyDraft,
  ForeignKeySpec,
  RandomDatabase,
  TableDraft,
  TableSpec,
} from './random-database.ts';

/** Capitals, blanks, a reserved word, a column's name, and what others might want for themselves. */
const NAMES = ['p', 'tag', 'w', 'Mixed Case', 'order', 'accounts', 'accounts_mutations'];

/** A foreign key with the columns that it adds to its table; none where it shares another's. */
export interface PlacedKey extends ForeignKeySpec {
  readonly added: readonly ColumnSpec[];
  readonly notNull: boolean;
}

/** Turns the drawn numbers into a database that PostgreSQL accepts. */
export function layOut(draft: Draft): RandomDatabase {
  const placed = placeKeys(draft);
  const names = tableNames(draft.tables);
  const tables = draft.tables.map((table, at) => {
    const own = placed.filter(({ child }) => child === at);
    const columns = [...ownColumns(table), ...own.flatMap(({ added }) => added)];
    const name = names[at] ?? { schema: 'public' as const, name: `t${at}` };
    const references = own.flatMap(({ added }) => added).filter(({ notNull }) => notNull);
    const primaryKey = primaryKeyOf(table, references.slice(0, 2));
    return { ...name, columns, primaryKey };
  });
  const { tableActions, dependents, foreignKeys } = declare(draft, tables, placed);
  const rows = fillTables(draft.tables, tables, placed);
  const { mode } = draft;
  const guarded = protectedRow(draft, rows);
  return { tables, foreignKeys, rows, tableActions, dependents, mode, protectedRow: guarded };
}

function protectedRow(
  { protect }: Draft,
  rows: RandomDatabase['rows'],
): RandomDatabase['protectedRow'] {
  const table = protect === null ? 0 : protect % rows.length;
  const own = rows[table] ?? [];
  if (protect === null || own.length === 0) return null;
  return { table, tag: String(protect % own.length) };
}

function tableNames(drafts: readonly TableDraft[]): readonly Pick<TableSpec, 'schema' | 'name'>[] {
  const taken = new Set<string>();
  return drafts.map(({ name, elsewhere }, at) => {
    const schema = elsewhere ? ('two' as const) : ('public' as const);
    const wanted = NAMES[name] ?? 'p';
    const free = taken.has(`${schema}.${wanted}`) ? `t${at}` : wanted;
    taken.add(`${schema}.${free}`);
    return { schema, name: free };
  });
}

function ownColumns({ key, codeCanBeNull }: TableDraft): readonly ColumnSpec[] {
  const column = (name: string, type: ColumnSpec['type'], notNull = true): ColumnSpec => ({
    name,
    type,
    notNull,
    fallback: null,
  });
  const keys = {
    id: [column('id', 'bigint')],
    pair: [column('k1', 'integer'), column('k2', 'text')],
    link: [],
    none: [],
  };
  const code = column('code', 'text', !codeCanBeNull && key !== 'none');
  return [...keys[key], column('tag', 'integer'), column('flag', 'boolean', false), code];
}

/** A link table is identified by what it references, and by its tag so that it may do so twice. */
function primaryKeyOf(
  { key }: TableDraft,
  references: readonly ColumnSpec[],
): readonly string[] | null {
  if (key === 'none') return null;
  if (key === 'id') return ['id'];
  return key === 'pair' ? ['k1', 'k2'] : [...references.map(({ name }) => name), 'tag'];
}

function placeKeys({ tables, keys }: Draft): readonly PlacedKey[] {
  const placed: PlacedKey[] = [];
  keys.forEach((key, index) => {
    const child = key.from % tables.length;
    const parent = key.to % tables.length;
    const target = tables[parent];
    if (target !== undefined) placed.push(placeKey({ key, index, child, parent, target }, placed));
  });
  return placed;
}

interface Placing {
  readonly key: ForeignKeyDraft;
  readonly index: number;
  readonly child: number;
  readonly parent: number;
  readonly target: TableDraft;
}

function placeKey(placing: Placing, earlier: readonly PlacedKey[]): PlacedKey {
  const { key, index, child, parent, target } = placing;
  const { deferral, indexed } = key;
  const parentColumns = targetColumns(target, key.toCode);
  const shared = key.shareColumns ? sharable(earlier, child, parentColumns) : undefined;
  const notNull = shared?.notNull ?? !key.nullable;
  const added = shared === undefined ? addedColumns(placing, parentColumns, notNull) : [];
  const childColumns = shared?.childColumns ?? added.map(({ name }) => name);
  const onDelete = onDeleteOf(key, notNull);
  return {
    name: `fk${index}`,
    child,
    parent,
    childColumns,
    parentColumns,
    onDelete,
    setColumns: key.partialSet && SETTING.has(onDelete) ? childColumns.slice(0, 1) : null,
    deferral,
    indexed,
    declared: declaredAction(key, notNull),
    added,
    notNull,
  };
}

const SETTING: ReadonlySet<OnDelete> = new Set<OnDelete>(['set null', 'set default']);

/** What can never work is mostly left out, so that refusals do not crowd out everything else. */
function onDeleteOf({ onDelete, stubborn }: ForeignKeyDraft, notNull: boolean): OnDelete {
  return notNull && onDelete === 'set null' && !stubborn ? 'cascade' : onDelete;
}

function declaredAction(
  { action, stubborn }: ForeignKeyDraft,
  notNull: boolean,
): DependentAction | null {
  return action === 'nullify' && notNull && !stubborn ? 'purge' : action;
}

function targetColumns({ key }: TableDraft, toCode: boolean): readonly string[] {
  if (toCode || key === 'none' || key === 'link') return ['code'];
  return key === 'id' ? ['id'] : ['k1', 'k2'];
}

/** An earlier key of the table whose columns have the same types, and no default of their own. */
function sharable(
  earlier: readonly PlacedKey[],
  child: number,
  parentColumns: readonly string[],
): PlacedKey | undefined {
  return earlier.find(
    (other) =>
      other.child === child &&
      other.added.every(({ fallback }) => fallback === null) &&
      other.parentColumns.join() === parentColumns.join(),
  );
}

const TYPES: Readonly<Record<string, ColumnSpec['type']>> = {
  id: 'bigint',
  k1: 'integer',
  k2: 'text',
  code: 'text',
};

function addedColumns(
  { key, index, target }: Placing,
  parentColumns: readonly string[],
  notNull: boolean,
): readonly ColumnSpec[] {
  const { fallbackRow } = key;
  return parentColumns.map((column) => ({
    name: `f${index} ${column}`,
    type: TYPES[column] ?? 'text',
    notNull,
    fallback: fallbackRow === null ? null : keyValue(target, column, fallbackRow),
  }));
}

/** The value of a referenced column in one row of a table. */
export function keyValue(table: TableDraft, column: string, at: number): string {
  if (column === 'k1') return String(at % 3);
  if (column === 'k2') return `k${at}`;
  if (column === 'code') return `c${at}`;
  // Beyond what a JavaScript number holds exactly.
  return String((table.large ? 9_007_199_254_740_993n : 0n) + BigInt(at));
}

type Declaration = Pick<RandomDatabase, 'tableActions' | 'dependents' | 'foreignKeys'>;

/** Only keys that lead to the root may be named. */
function declare(
  { tables: drafts, keys, all }: Draft,
  tables: readonly TableSpec[],
  placed: readonly PlacedKey[],
): Declaration {
  if (all) return { tableActions: new Map(), dependents: 'all', foreignKeys: placed };
  const leading = leadingToRoot(placed);
  const tableActions = new Map<number, DependentAction>();
  const dependents: Record<string, DependentAction> = {};
  const foreignKeys = placed.map((key, index): ForeignKeySpec => {
    const { declared, child, name } = key;
    if (declared === null || !leading.has(key)) return { ...key, declared: null };
    const reference = tableReference(tables, child, drafts[child]?.bareName === true);
    if (keys[index]?.forWholeTable !== true) {
      dependents[`${reference}.${name}`] = declared;
      return key;
    }
    tableActions.set(child, declared);
    dependents[reference] = declared;
    return { ...key, declared: null };
  });
  return { tableActions, dependents, foreignKeys };
}

/** The schema may be left out where the search path finds the table, or finds no other. */
function tableReference(tables: readonly TableSpec[], at: number, bare: boolean): string {
  const table = tables[at];
  if (table === undefined) throw new Error('no such table');
  const { schema, name } = table;
  const hidden =
    schema === 'two' && tables.some((each) => each.schema === 'public' && each.name === name);
  return bare && !hidden ? name : `${schema}.${name}`;
}

function leadingToRoot(placed: readonly PlacedKey[]): ReadonlySet<PlacedKey> {
  const reached = new Set([0]);
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const { child, parent } of placed) if (reached.has(parent)) reached.add(child);
  }
  return new Set(placed.filter(({ parent }) => reached.has(parent)));
}
