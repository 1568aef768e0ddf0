import type { ColumnRole } from '../column-role.ts';
import { tableKind } from './table-kind.ts';

/** Whether the rows of a table are people or their accounts, as opposed to what they own. */
export function isPersonTable(table: string, roles: ReadonlyMap<string, ColumnRole>): boolean {
  const has = (role: ColumnRole): boolean => [...roles.values()].includes(role);
  if (has('password')) return true;
  const isNamed = has('name') || has('given-name') || has('family-name') || has('username');
  if (tableKind(table) === 'persons') return isNamed || has('email') || has('phone');
  return has('given-name') && has('family-name') && (has('email') || has('phone'));
}
