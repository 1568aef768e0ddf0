import type { ColumnRole } from '../column-role.ts';
export function isPersonTable(_table: string, roles: ReadonlyMap<string, ColumnRole>): boolean {
  return [...roles.values()].includes('email');
}
