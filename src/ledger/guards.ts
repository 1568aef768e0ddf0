import type { Connection } from '../database/connection.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import type { Guard, GuardForm } from '../planner/guard.ts';
import { guardsTable, type LedgerNames } from './names.ts';

/** One application of a migration. */
export interface GuardKey {
  readonly migrationId: string;
  readonly generation: number;
}

interface GuardRow {
  readonly guard_name: string;
  readonly table_schema: string;
  readonly table_name: string;
  readonly form: GuardForm;
  readonly forbidden: string;
  readonly definition: string;
  readonly search_path: readonly string[];
}

/** Keeps what a later run needs to add the guards, in the transaction that records the application. */
export async function keepGuards(
  connection: Connection,
  names: LedgerNames,
  { migrationId, generation, guards }: GuardKey & { readonly guards: readonly Guard[] },
): Promise<void> {
  for (const guard of guards) {
    const { table, searchPath } = guard;
    await connection.query(sql`
      insert into ${guardsTable(names)}
        (migration_id, generation, guard_name, table_schema, table_name, form, forbidden,
         definition, search_path)
      values (${migrationId}, ${generation}, ${guard.name}, ${table.schema}, ${table.name},
              ${guard.form}, ${guard.forbidden}, ${guard.definition},
              ${searchPath}::text[])
    `);
  }
}

/** The guards of one application, in the order of their names. */
export async function readGuards(
  connection: Connection,
  names: LedgerNames,
  key: GuardKey,
): Promise<readonly Guard[]> {
  const { rows } = await connection.query<GuardRow>(selectGuards(names, key));
  return rows.map((row) => ({
    name: row.guard_name,
    table: new QualifiedName(row.table_schema, row.table_name),
    form: row.form,
    forbidden: row.forbidden,
    definition: row.definition,
    searchPath: row.search_path,
  }));
}

function selectGuards(names: LedgerNames, { migrationId, generation }: GuardKey): Sql {
  return sql`
    select guard_name, table_schema, table_name, form, forbidden, definition, search_path
      from ${guardsTable(names)}
     where migration_id = ${migrationId} and generation = ${generation}
     order by guard_name
  `;
}
