import { HygieneError } from '../kernel/errors.ts';
import { type Catalog, findColumn, findInSearchPath, findTable, type Table } from './model.ts';
import { nearNames } from './near-names.ts';

/** `'users'`, `'billing.invoices'`, or `['my.schema', 'my.table']`. */
export type TableName = string | readonly [schema: string, table: string];

/**
 * The table that a migration names. Capitals count, and names take no quotes: `User` is Prisma's
 * "User". Unqualified names follow the search path. A partition stands for its own rows only.
 *
 * @throws HygieneError HYG_PLAN_UNKNOWN_TABLE, with near names; HYG_PLAN_AMBIGUOUS_TABLE for views
 *   and foreign tables.
 */
export function resolveTable(catalog: Catalog, reference: TableName): Table {
  const table = lookUp(catalog, reference);
  if (table === null) throw unknownTable(catalog, reference);
  if (table.kind === 'table' || table.kind === 'partitioned') return table;
  const kind = table.kind === 'foreign' ? 'foreign table' : table.kind;
  throw new HygieneError('HYG_PLAN_AMBIGUOUS_TABLE', {
    message: `${table.name.toString()} is a ${kind}: rows can only be removed from plain tables.`,
    hint: `Name the table that holds the rows.`,
    details: { table: table.name.toString(), kind: table.kind },
  });
}

/**
 * Whether an entry of `requires` is there: `table`, `table.column`, `schema.table` or
 * `schema.table.column`, views included. Any dot may also be part of a name.
 */
export function referenceExists(catalog: Catalog, reference: string): boolean {
  return splits(reference).some(([first, second, third]) => {
    const inPath = findInSearchPath(catalog, first);
    if (second === undefined) return inPath !== null;
    const inSchema = findTable(catalog, first, second);
    if (third === undefined) {
      return inSchema !== null || (inPath !== null && findColumn(inPath, second) !== null);
    }
    return inSchema !== null && findColumn(inSchema, third) !== null;
  });
}

/** The name by which {@link resolveTable} finds the table: with its schema only where that is needed. */
export function referenceTo(catalog: Catalog, table: Table): string {
  const { schema, name } = table.name;
  return !name.includes('.') && findInSearchPath(catalog, name) === table
    ? name
    : `${schema}.${name}`;
}

function lookUp(catalog: Catalog, reference: TableName): Table | null {
  if (typeof reference !== 'string') return findTable(catalog, reference[0], reference[1]);
  const [first = '', second, ...more] = reference.split('.');
  if (second === undefined) return findInSearchPath(catalog, first);
  return more.length === 0 ? findTable(catalog, first, second) : null;
}

type Split = readonly [first: string, second?: string, third?: string];

/** Every way to read a text as one to three names with dots between them. */
function splits(text: string): readonly Split[] {
  const cut = (from: string): readonly (readonly [string, string])[] =>
    [...from.matchAll(/\./g)].map(({ index }) => [from.slice(0, index), from.slice(index + 1)]);
  const pairs = cut(text);
  const triples = pairs.flatMap(([first, rest]) =>
    cut(rest).map(([second, third]) => [first, second, third] as const),
  );
  return [[text], ...pairs, ...triples];
}

function unknownTable(catalog: Catalog, reference: TableName): HygieneError {
  const shown = typeof reference === 'string' ? reference : reference.join('.');
  const qualified = typeof reference !== 'string' || reference.includes('.');
  const path = catalog.searchPath.join(', ');
  const where = qualified ? '' : ` in the search path (${path === '' ? 'which is empty' : path})`;
  const near = suggestions(catalog, shown);
  return new HygieneError('HYG_PLAN_UNKNOWN_TABLE', {
    message: `There is no table "${shown}"${where}.`,
    hint: [
      ...(near.length === 0 ? [] : [`Did you mean ${near.join(' or ')}? Capitals count.`]),
      `If only some databases have the table, say requires: [${quoted(shown)}]; elsewhere the ` +
        'migration is then skipped.',
    ].join('\n'),
    details: { table: shown },
  });
}

/** Written as they must be written in a migration. */
function suggestions(catalog: Catalog, wanted: string): readonly string[] {
  const byName = new Map<string, string>();
  for (const table of catalog.tables.values()) {
    const { schema, name } = table.name;
    const dotted = schema.includes('.') || name.includes('.');
    const written = dotted
      ? `[${quoted(schema)}, ${quoted(name)}]`
      : `"${referenceTo(catalog, table)}"`;
    for (const form of [name, `${schema}.${name}`]) byName.set(form, byName.get(form) ?? written);
  }
  const names = nearNames(wanted, byName.keys());
  return [...new Set(names.map((name) => byName.get(name) ?? name))];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
