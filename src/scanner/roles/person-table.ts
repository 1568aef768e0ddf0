import type { ColumnRole } from '../column-role.ts';
import { tableKind } from './table-kind.ts';

/** Whether the rows of a table are people or their accounts, as opposed to what they own. */
export function isPersonTable(table: string, roles: ReadonlyMap<string, ColumnRole>): boolean {
  const present = new Set(roles.values());
  const hasAny = (...wanted: readonly ColumnRole[]): boolean =>
    wanted.some((role) => present.has(role));
  if (present.has('password')) return true;
  if (tableKind(table) === 'persons') {
    return hasAny('name', 'given-name', 'family-name', 'username', 'email', 'phone');
  }
  const isNamed = present.has('given-name') && present.has('family-name');
  return isNamed && hasAny('email', 'phone');
}
