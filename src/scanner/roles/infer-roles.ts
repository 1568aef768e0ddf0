import type { ColumnRole } from '../column-role.ts';
export interface ColumnSample {
  name: string;
  type: string;
  values: readonly string[];
  isKey: boolean;
  isReference: boolean;
}
export function inferRoles(table: {
  name: string;
  columns: readonly ColumnSample[];
}): ReadonlyMap<string, ColumnRole> {
  return new Map(
    table.columns.flatMap(({ name }): [string, ColumnRole][] =>
      name === 'email'
        ? [[name, 'email']]
        : name === 'name'
          ? [[name, 'name']]
          : /_at$/.test(name)
            ? [[name, 'created-at']]
            : name === 'title'
              ? [[name, 'title']]
              : [],
    ),
  );
}
