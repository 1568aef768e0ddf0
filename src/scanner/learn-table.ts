import { type Catalog, findColumn, type Table } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { inferRoles } from './roles/infer-roles.ts';
import { isPersonTable } from './roles/person-table.ts';
import { sampleTable, type TableSample } from './sample-table.ts';
import { judgedTexts, type ScannedTable } from './scanned-table.ts';

export interface LearnedTable {
  readonly scanned: ScannedTable;
  readonly sample: TableSample;
}

/** Reads some rows of a table to find out what its columns hold. */
export async function learnTable(
  connection: Connection,
  catalog: Catalog,
  table: Table,
): Promise<LearnedTable> {
  const sample = await sampleTable(connection, table);
  const referencing = new Set(
    catalog.foreignKeys
      .filter(({ child }) => child === table.oid)
      .flatMap(({ childColumns }) => childColumns),
  );
  const columns = sample.columns.map(({ name, type }, at) => ({
    name,
    type,
    values: sample.rows.flatMap((row) => row[at] ?? []),
    isKey: table.key?.includes(name) === true,
    isReference: referencing.has(name),
  }));
  const { name } = table.name;
  const roles = inferRoles({ name, columns });
  const [createdAt] = [...roles].filter(([, role]) => role === 'created-at');
  return {
    sample,
    scanned: {
      table,
      roles,
      texts: judgedTexts(roles),
      createdAt: createdAt === undefined ? null : findColumn(table, createdAt[0]),
      isOfPersons: isPersonTable(name, roles),
    },
  };
}
