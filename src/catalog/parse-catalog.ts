import { QualifiedName } from '../kernel/identifiers.ts';
import {
  type ColumnFact,
  ENABLED,
  type ForeignKeyFact,
  GENERATED,
  IDENTITY,
  type IndexFact,
  KINDS,
  ON_DELETE,
  PERSISTENCES,
  type RelationFact,
  TRIGGER_BEFORE,
  TRIGGER_EVENTS,
  TRIGGER_INSTEAD,
  TRIGGER_ROW,
  type TriggerFact,
  type UnreplicableFact,
  type WholeFacts,
} from './catalog-facts.ts';
import {
  type Catalog,
  type CitusPlacement,
  type Column,
  createCatalog,
  type ForeignKey,
  isIndexed,
  type Table,
  type Trigger,
} from './model.ts';

/** The model of what pg_catalog said. */
export function parseCatalog(facts: WholeFacts): Catalog {
  const grouped = groupFacts(facts);
  const tables = new Map(facts.relations.map((each) => [each.oid, parseTable(each, grouped)]));
  return createCatalog({
    tables: [...tables.values()],
    foreignKeys: facts.foreignKeys.map((fact) => parseForeignKey(fact, { grouped, tables })),
    searchPath: facts.searchPath,
  });
}

/** The facts by table, so that parsing is linear in their number. */
interface GroupedFacts {
  readonly relations: ReadonlyMap<number, RelationFact>;
  readonly columns: ReadonlyMap<number, readonly ColumnFact[]>;
  readonly indexes: ReadonlyMap<number, readonly IndexFact[]>;
  readonly triggers: ReadonlyMap<number, readonly TriggerFact[]>;
  readonly deleteRules: ReadonlyMap<number, readonly { readonly name: string }[]>;
  readonly children: ReadonlyMap<number, readonly { readonly child: number }[]>;
  readonly partitionOf: ReadonlyMap<number, number>;
  readonly unreplicable: ReadonlyMap<number, UnreplicableFact>;
  readonly citus: ReadonlyMap<number, CitusPlacement>;
}

function groupFacts(facts: WholeFacts): GroupedFacts {
  const relations = new Map(facts.relations.map((each) => [each.oid, each]));
  const partitions = facts.inheritance.filter(({ child }) => relations.get(child)?.isPartition);
  return {
    relations,
    columns: groupBy(facts.columns, (each) => each.table),
    indexes: groupBy(facts.indexes, (each) => each.table),
    triggers: groupBy(facts.triggers, (each) => each.table),
    deleteRules: groupBy(facts.deleteRules, (each) => each.table),
    children: groupBy(facts.inheritance, (each) => each.parent),
    partitionOf: new Map(partitions.map(({ child, parent }) => [child, parent])),
    unreplicable: new Map(facts.unreplicable.map((each) => [each.table, each])),
    citus: new Map(facts.citus.map(({ oid, ...placement }) => [oid, placement])),
  };
}

function parseTable(fact: RelationFact, grouped: GroupedFacts): Table {
  const columns = grouped.columns.get(fact.oid) ?? [];
  const indexes = grouped.indexes.get(fact.oid) ?? [];
  const children = (grouped.children.get(fact.oid) ?? []).map((each) => each.child);
  return {
    oid: fact.oid,
    name: new QualifiedName(fact.schema, fact.name),
    kind: KINDS[fact.kind],
    persistence: PERSISTENCES[fact.persistence],
    columns: columns.map(parseColumn),
    key: rowKey(columns, indexes),
    indexes: indexes.map((index) => leadingColumns(columns, index)),
    partitionOf: grouped.partitionOf.get(fact.oid) ?? null,
    partitions: children.filter((child) => grouped.partitionOf.has(child)),
    root: rootOf(fact.oid, grouped),
    inheritanceChildren: children.filter((child) => !grouped.partitionOf.has(child)),
    citus: grouped.citus.get(fact.oid) ?? null,
    rowSecurity: fact.rowSecurity,
    privileges: parsePrivileges(fact),
    triggers: (grouped.triggers.get(fact.oid) ?? []).map(parseTrigger),
    deleteRules: (grouped.deleteRules.get(fact.oid) ?? []).map((each) => each.name),
    unreplicable: parseUnreplicable(grouped.unreplicable.get(fact.oid)),
    estimatedRows: estimatedRows(fact, grouped),
  };
}

function parseColumn(fact: ColumnFact): Column {
  const { name, type, notNull, hasDefault } = fact;
  const generated = GENERATED[fact.generated];
  return { name, type, notNull, hasDefault, generated, identity: IDENTITY[fact.identity] };
}

/** Indexes come smallest first, so the first that fits is the smallest. */
function rowKey(
  columns: readonly ColumnFact[],
  indexes: readonly IndexFact[],
): readonly string[] | null {
  const primary = indexes.find((index) => index.primary);
  if (primary !== undefined) return columnNames(columns, primary.columns);
  const never = new Set(columns.filter((each) => each.notNull && !each.mayHoldNull).map(numberOf));
  const unique = indexes.find(
    (index) => index.unique && index.columns.every((number) => never.has(number)),
  );
  return unique === undefined ? null : columnNames(columns, unique.columns);
}

/** Up to the first expression: what follows it cannot be looked up alone. */
function leadingColumns(columns: readonly ColumnFact[], index: IndexFact): readonly string[] {
  const expression = index.columns.indexOf(0);
  return columnNames(columns, index.columns.slice(0, expression < 0 ? undefined : expression));
}

function columnNames(
  columns: readonly ColumnFact[],
  numbers: readonly number[],
): readonly string[] {
  const names = new Map(columns.map((each) => [each.number, each.name]));
  return numbers.map((number) => {
    const name = names.get(number);
    if (name === undefined) throw new Error(`pg_attribute has no column ${number}`);
    return name;
  });
}

function numberOf(column: ColumnFact): number {
  return column.number;
}

function rootOf(oid: number, grouped: GroupedFacts): number {
  let root = oid;
  for (let above = grouped.partitionOf.get(root); above !== undefined;) {
    root = above;
    above = grouped.partitionOf.get(root);
  }
  return root;
}

function estimatedRows(fact: RelationFact, grouped: GroupedFacts): number | null {
  if (fact.kind !== 'p') return fact.rows < 0 ? null : Math.round(fact.rows);
  const partitions = (grouped.children.get(fact.oid) ?? []).flatMap(({ child }) => {
    const partition = grouped.relations.get(child);
    return partition === undefined ? [] : [estimatedRows(partition, grouped)];
  });
  const known = partitions.filter((rows) => rows !== null);
  return known.length === 0 ? null : known.reduce((sum, rows) => sum + rows, 0);
}

function parsePrivileges(fact: RelationFact): Table['privileges'] {
  const { owner, usage } = fact;
  return {
    owner,
    select: usage && fact.select,
    insert: usage && fact.insert,
    update: usage && fact.update,
    delete: usage && fact.delete,
    truncate: usage && fact.truncate,
    references: usage && fact.references,
  };
}

function parseUnreplicable(fact: UnreplicableFact | undefined): Table['unreplicable'] {
  return (['update', 'delete'] as const).filter((change) => fact?.[change] === true);
}

function parseTrigger(fact: TriggerFact): Trigger {
  const has = (bit: number): boolean => (fact.type & bit) !== 0;
  const beforeOrAfter = has(TRIGGER_BEFORE) ? 'before' : 'after';
  return {
    name: fact.name,
    timing: has(TRIGGER_INSTEAD) ? 'instead of' : beforeOrAfter,
    level: has(TRIGGER_ROW) ? 'row' : 'statement',
    events: TRIGGER_EVENTS.filter(([bit]) => has(bit)).map(([, event]) => event),
    function: new QualifiedName(fact.functionSchema, fact.functionName),
    enabled: ENABLED[fact.enabled],
  };
}

function parseForeignKey(
  fact: ForeignKeyFact,
  known: { readonly grouped: GroupedFacts; readonly tables: ReadonlyMap<number, Table> },
): ForeignKey {
  const namesIn = (table: number, numbers: readonly number[]): readonly string[] =>
    columnNames(known.grouped.columns.get(table) ?? [], numbers);
  const childColumns = namesIn(fact.child, fact.childColumns);
  return {
    oid: fact.oid,
    name: fact.name,
    child: fact.child,
    childColumns,
    parent: fact.parent,
    parentColumns: namesIn(fact.parent, fact.parentColumns),
    onDelete: ON_DELETE[fact.onDelete],
    setColumns: fact.setColumns === null ? null : namesIn(fact.child, fact.setColumns),
    deferrable: fact.deferrable,
    initiallyDeferred: fact.initiallyDeferred,
    validated: fact.validated,
    enforced: fact.enforced,
    period: fact.period,
    indexed: isIndexedEverywhere(fact.child, childColumns, known.tables),
  };
}

/** A partitioned table may lack the index that each of its partitions has. */
function isIndexedEverywhere(
  oid: number,
  columns: readonly string[],
  tables: ReadonlyMap<number, Table>,
): boolean {
  const table = tables.get(oid);
  if (table === undefined) return false;
  if (isIndexed(table.indexes, columns)) return true;
  const { partitions } = table;
  return (
    partitions.length > 0 && partitions.every((each) => isIndexedEverywhere(each, columns, tables))
  );
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
