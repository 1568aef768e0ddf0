import type { ArchiveKind } from '../../archive/archive-name.ts';
import type { ArchiveRecord } from '../../archive/archive.ts';
import type { Connection } from '../../database/connection.ts';
import { QualifiedName } from '../../kernel/identifiers.ts';
import { sql } from '../../kernel/sql.ts';
import { archivesTable } from '../../ledger/names.ts';
import type { BatchUnit } from './batch-unit.ts';

/** The list of archive tables grows with every batch, in the batch's own transaction. */
export async function upsertArchives(
  { context, migration, generation }: BatchUnit,
  connection: Connection,
  records: readonly ArchiveRecord[],
): Promise<void> {
  const { names, facts } = context.engine;
  for (const { source, archive, kind, rows, changedColumns } of records) {
    await connection.query(sql`
      insert into ${archivesTable(names)} as a
        (migration_id, generation, source_schema, source_table, archive_table, kind, rows, run_id,
         changed_columns)
      values (${migration.id}, ${generation}, ${source.schema}, ${source.name}, ${archive.name},
              ${kind}, ${rows}, ${facts.runId}, ${changedColumns}::text[])
      on conflict (archive_table) do update
         set rows = excluded.rows, run_id = excluded.run_id, changed_columns = excluded.changed_columns
    `);
  }
}

interface ArchiveRow {
  readonly source_schema: string;
  readonly source_table: string;
  readonly archive_table: string;
  readonly kind: ArchiveKind;
  readonly rows: number;
  readonly changed_columns: readonly string[] | null;
}

/** What earlier batches have archived; purges alone are one stage. */
export async function readArchives({
  context,
  migration,
  generation,
}: BatchUnit): Promise<readonly ArchiveRecord[]> {
  const { names, session } = context.engine;
  const { rows } = await session.connection.query<ArchiveRow>(sql`
    select source_schema, source_table, archive_table, kind, rows::float8 as rows, changed_columns
      from ${archivesTable(names)}
     where migration_id = ${migration.id} and generation = ${generation}::int
     order by created_at, archive_table
  `);
  return rows.map((row) => ({
    source: new QualifiedName(row.source_schema, row.source_table),
    archive: new QualifiedName(names.archiveSchema, row.archive_table),
    kind: row.kind,
    stage: 1,
    rows: row.rows,
    changedColumns: row.changed_columns,
  }));
}
