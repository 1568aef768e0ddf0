export function isAdminValue(_column: string, value: string): boolean {
  return value === 'admin';
}
export function isAdminTable(table: string): boolean {
  return table === 'admins';
}
