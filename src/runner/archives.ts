import type { ArchiveKind } from '../archive/archive-name.ts';
import { type ArchiveSchemas, ArchiveTables } from '../archive/archive-tables.ts';
import type { Connection } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import { sql } from '../kernel/sql.ts';
import { withRights } from '../ledger/ledger-errors.ts';
import { archivesTable, type LedgerNames } from '../ledger/names.ts';
import { roleNames } from '../ledger/roles-sql.ts';

/** One archive table, as the ledger's schema lists it. */
export interface ListedArchive {
  readonly migrationId: string;
  readonly generation: number;
  readonly source: QualifiedName;
  readonly archive: QualifiedName;
  readonly kind: ArchiveKind;
  /** Which part of the migration filled it; a restore goes backwards. */
  readonly stage: number;
  readonly rows: number;
  /** With its TOAST table, in bytes; null where the table is gone. */
  readonly bytes: number | null;
  readonly createdAt: Date;
  /** When its retention ends, and how many days are left until then; negative once it has ended. */
  readonly expiresAt: Date;
  readonly daysLeft: number;
}

export function archiveSchemas(names: LedgerNames): ArchiveSchemas {
  const { schema, archiveSchema } = names;
  return { archive: archiveSchema, functions: schema, runner: roleNames(names).runner };
}

export function archiveTables(connection: Connection, names: LedgerNames): ArchiveTables {
  return new ArchiveTables(connection, archiveSchemas(names));
}

/** All archive tables, or those of one migration, by the clock of the database. */
export async function listArchives(
  connection: Connection,
  names: LedgerNames,
  { retentionDays, migrationId }: { readonly retentionDays: number; readonly migrationId?: string },
): Promise<readonly ListedArchive[]> {
  // The version before has no stages.
  const listed = sql`
    with listed as (
      select a.*,
             to_regclass(format('%I.%I', ${names.archiveSchema}::text, a.archive_table)) as relation,
             a.created_at + make_interval(days => ${retentionDays}::int) as expires_at
        from ${archivesTable(names)} as a
       where ${migrationId ?? null}::text is null or a.migration_id = ${migrationId ?? null}::text
    )
    select migration_id, generation, source_schema, source_table, archive_table, kind,
           coalesce((to_jsonb(listed) ->> 'stage')::int, 1) as stage,
           rows::float8 as rows,
           pg_total_relation_size(relation)::float8 as bytes,
           extract(epoch from created_at)::float8 as created_at,
           extract(epoch from expires_at)::float8 as expires_at,
           ceil(extract(epoch from expires_at - clock_timestamp()) / 86400)::float8 as days_left
      from listed
     order by migration_id, generation, kind desc, source_schema, source_table, stage
  `;
  const { rows } = await withRights(names, 'runner', () => connection.query<ArchiveRow>(listed));
  return rows.map((row) => ({
    migrationId: row.migration_id,
    generation: row.generation,
    source: new QualifiedName(row.source_schema, row.source_table),
    archive: new QualifiedName(names.archiveSchema, row.archive_table),
    kind: row.kind,
    stage: row.stage,
    rows: row.rows,
    bytes: row.bytes,
    createdAt: new Date(row.created_at * 1000),
    expiresAt: new Date(row.expires_at * 1000),
    daysLeft: row.days_left,
  }));
}

/**
 * The same for who can go on without them. In a transaction it must come last: the refusal ends it.
 * @returns null where the role may not see them
 */
export async function archivesIfSeen(
  ...asked: Parameters<typeof listArchives>
): Promise<readonly ListedArchive[] | null> {
  try {
    return await listArchives(...asked);
  } catch (error) {
    if (error instanceof HygieneError && error.code === 'HYG_REFUSED_PRIVILEGES') return null;
    throw error;
  }
}

interface ArchiveRow {
  readonly migration_id: string;
  readonly generation: number;
  readonly source_schema: string;
  readonly source_table: string;
  readonly archive_table: string;
  readonly kind: ArchiveKind;
  readonly stage: number;
  readonly rows: number;
  readonly bytes: number | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly days_left: number;
}
