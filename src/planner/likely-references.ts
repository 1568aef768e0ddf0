import { type Catalog, type Column, findColumn, type Table } from '../catalog/model.ts';

/** A column that is named like a reference to a table, and that no foreign key covers. */
export interface LikelyReference {
  readonly child: Table;
  readonly column: string;
  readonly parent: Table;
}

/**
 * What the application alone knows to belong together, such as `orders.user_id` and `users`: told by name
 * and type, within one schema. A guess, good enough to be mentioned.
 */
export function likelyReferences(
  catalog: Catalog,
  parents: readonly Table[],
): readonly LikelyReference[] {
  const wanted = parents.flatMap((parent) => wantedColumns(parent));
  if (wanted.length === 0) return [];
  const found: LikelyReference[] = [];
  for (const child of catalog.tables.values()) {
    if (!isOwnTable(child)) continue;
    for (const column of child.columns) {
      const plain = plainName(column.name);
      const parent = wanted.find(
        (each) => each.names.has(plain) && isReference(child, column, each),
      );
      if (parent === undefined || isCovered(catalog, child, column.name)) continue;
      found.push({ child, column: column.name, parent: parent.table });
    }
  }
  return found;
}

interface Wanted {
  readonly table: Table;
  readonly key: Column;
  /** What a column that references it may be called, in plain letters. */
  readonly names: ReadonlySet<string>;
}

function wantedColumns(table: Table): readonly Wanted[] {
  const [name, ...more] = table.key ?? [];
  const key = name === undefined || more.length > 0 ? null : findColumn(table, name);
  if (key === null) return [];
  const plainKey = plainName(key.name);
  const singulars = singularsOf(plainName(table.name.name));
  // A key that has the table's name already, such as `users.user_id`, keeps its name elsewhere.
  const isNamedByTable = singulars.some((each) => each.length > 2 && plainKey.startsWith(each));
  const names = isNamedByTable ? [plainKey] : singulars.map((each) => `${each}${plainKey}`);
  return [{ table, key, names: new Set(names) }];
}

/** `user_id`, `userId` and `UserID` are one name. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

/** `categories` may be a `category`, `boxes` a `box`, `users` a `user`; `staff` stays. */
function singularsOf(table: string): readonly string[] {
  const cut = (ending: string, instead: string): readonly string[] =>
    table.endsWith(ending) && table.length > ending.length + 1
      ? [table.slice(0, -ending.length) + instead]
      : [];
  return [table, ...cut('ies', 'y'), ...cut('es', ''), ...cut('s', '')];
}

function isReference(child: Table, column: Column, { table, key }: Wanted): boolean {
  return (
    child !== table &&
    child.name.schema === table.name.schema &&
    column.generated === null &&
    typeFamily(column.type) === typeFamily(key.type)
  );
}

/** Partitions are part of their table, and of views nothing can be removed. */
function isOwnTable({ kind, partitionOf }: Table): boolean {
  return (kind === 'table' || kind === 'partitioned') && partitionOf === null;
}

function typeFamily(type: string): string {
  const bare = type.replace(/\(.*\)/, '');
  if (/^(smallint|integer|bigint|numeric)$/.test(bare)) return 'number';
  return /^(text|character varying|character|citext)$/.test(bare) ? 'text' : bare;
}

function isCovered({ foreignKeys }: Catalog, table: Table, column: string): boolean {
  return foreignKeys.some(
    ({ child, childColumns }) => child === table.oid && childColumns.includes(column),
  );
}
