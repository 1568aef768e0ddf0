import type { TestDatabase } from './database.ts';

/** Makes the ledger what the version before has made: without all that an upgrade adds. */
export async function downgradeLedger(
  database: Pick<TestDatabase, 'execute'>,
  schema = 'hygiene',
): Promise<void> {
  await database.execute(`
    drop table ${schema}.progress, ${schema}.guards;
    alter table ${schema}.archives
      drop constraint archives_pkey,
      drop column stage,
      drop column changed_columns,
      add constraint archives_pkey
        primary key (migration_id, generation, source_schema, source_table, kind);
    update ${schema}.meta set schema_version = 1;
  `);
}
