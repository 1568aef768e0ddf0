import {
  type Catalog,
  type Column,
  findColumn,
  type ForeignKey,
  tableByOid,
} from '../catalog/model.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { ClosureEdge } from './closure.ts';

/** The columns that `nullify` and `default` change; a foreign key may name a part of its own. */
export function changedColumns(key: ForeignKey): readonly string[] {
  return key.setColumns ?? key.childColumns;
}

/** Whether the reference can become NULL at all. */
export function isNullable(catalog: Catalog, key: ForeignKey): boolean {
  return columnsOf(catalog, key).every((column) => !column.notNull && column.generated === null);
}

/** Refuses at once what can never work, however many rows there are. */
export function assertClearable(catalog: Catalog, edge: ClosureEdge): void {
  const obstacle = obstacleOf(catalog, edge);
  if (obstacle === null) return;
  const table = tableByOid(catalog, edge.foreignKey.child).name;
  throw new HygieneError('HYG_REFUSED_NULLIFY', {
    message:
      `${table.toString()} cannot have its reference to ${edge.parent.name.toString()} set to ` +
      `${edge.action === 'nullify' ? 'NULL' : 'its default'}: ${obstacle} (${edge.foreignKey.name}).`,
    hint: `Say 'purge' for it in dependents, which removes these rows too, or change the column first.`,
    details: { table: table.toString(), constraint: edge.foreignKey.name },
  });
}

function obstacleOf(catalog: Catalog, edge: ClosureEdge): string | null {
  if (edge.action !== 'nullify' && edge.action !== 'default') return null;
  const columns = columnsOf(catalog, edge.foreignKey);
  const generated = columns.find((column) => column.generated !== null);
  if (generated !== undefined) return `column ${generated.name} is generated`;
  const strict = columns.find((column) => column.notNull && !isFilled(column, edge));
  if (strict === undefined) return null;
  const lack = edge.action === 'nullify' ? '' : ' and has no default';
  return `column ${strict.name} is NOT NULL${lack}`;
}

function isFilled(column: Column, edge: ClosureEdge): boolean {
  return edge.action === 'default' && column.hasDefault;
}

function columnsOf(catalog: Catalog, key: ForeignKey): readonly Column[] {
  const table = tableByOid(catalog, key.child);
  return changedColumns(key)
    .map((name) => findColumn(table, name))
    .filter((column) => column !== null);
}
