import { quoteIdentifier, quoteLiteral } from '../kernel/identifiers.ts';
import { eventNames } from './events.ts';
import type { LedgerNames } from './names.ts';

/** Version of the tables. A tool works with its own version and the one before. */
export const SCHEMA_VERSION = 2;

/** Both schemas and the tables, as version 1 had them; what came since is in `additions-sql.ts`. */
export function tablesSql(names: LedgerNames, toolVersion: string | null): string {
  return [
    schemaSql(names.schema),
    schemaSql(names.archiveSchema),
    ledgerSql(quoteIdentifier(names.schema)),
    otherTablesSql(quoteIdentifier(names.schema), toolVersion),
  ].join('\n');
}

function schemaSql(name: string): string {
  const schema = quoteIdentifier(name);
  return `
-- "create schema if not exists" demands the right to create schemas even where the schema exists.
do $do$
begin
  if not exists (select from pg_catalog.pg_namespace where nspname = ${quoteLiteral(name)}) then
    create schema ${schema};
  end if;
end
$do$;

revoke all on schema ${schema} from public;
`;
}

function ledgerSql(schema: string): string {
  const events = eventNames.map(quoteLiteral).join(',\n      ');
  return `
create table ${schema}.ledger (
  seq                bigint      not null,
  event              text        not null,
  migration_id       text,
  generation         integer,
  checksum           text,
  config_fingerprint text,
  at                 timestamptz not null,
  duration_ms        bigint,
  run_id             uuid,
  environment        text,
  identity           jsonb,
  actor              jsonb,
  tool_version       text,
  ticket             text,
  rows               jsonb,
  checks             jsonb,
  error              jsonb,
  note               text,
  evidence           jsonb,
  hash_version       integer     not null,
  prev_hash          text        not null,
  hash               text        not null,

  constraint ledger_pkey primary key (seq),
  constraint ledger_prev_hash_key unique (prev_hash),
  constraint ledger_hash_key unique (hash),
  constraint ledger_event_known check (
    event in (
      ${events}
    )
  ),
  constraint ledger_generation_of_migration check (
    (migration_id is null) = (generation is null) and generation >= 1
  ),
  constraint ledger_rows_is_list check (pg_catalog.jsonb_typeof(rows) = 'array'),
  constraint ledger_checks_is_list check (pg_catalog.jsonb_typeof(checks) = 'array')
);

-- The fence that makes a migration run once: correctness does not depend on any lock.
create unique index ledger_applied_once
  on ${schema}.ledger (migration_id, generation)
  where event = 'applied';

create index ledger_by_migration
  on ${schema}.ledger (migration_id, seq);
`;
}

function otherTablesSql(schema: string, toolVersion: string | null): string {
  return `
create table ${schema}.meta (
  only_row       boolean     not null default true,
  schema_version integer     not null,
  tool_version   text,
  installed_at   timestamptz not null default pg_catalog.clock_timestamp(),

  constraint meta_pkey primary key (only_row),
  constraint meta_only_row check (only_row)
);

insert into ${schema}.meta (schema_version, tool_version)
values (${String(SCHEMA_VERSION)}, ${toolVersion === null ? 'null' : quoteLiteral(toolVersion)});

create table ${schema}.environment (
  only_row    boolean     not null default true,
  environment text        not null,
  marker      uuid        not null default pg_catalog.gen_random_uuid(),
  identity    jsonb       not null,
  marked_at   timestamptz not null default pg_catalog.clock_timestamp(),
  marked_by   text        not null default current_user,

  constraint environment_pkey primary key (only_row),
  constraint environment_only_row check (only_row)
);

create table ${schema}.archives (
  migration_id  text        not null,
  generation    integer     not null,
  source_schema text        not null,
  source_table  text        not null,
  archive_table text        not null,
  kind          text        not null,
  rows          bigint      not null,
  created_at    timestamptz not null default pg_catalog.clock_timestamp(),
  run_id        uuid,

  constraint archives_pkey
    primary key (migration_id, generation, source_schema, source_table, kind),
  constraint archives_archive_table_key unique (archive_table),
  constraint archives_kind_known check (kind in ('rows', 'mutations')),
  constraint archives_rows_not_negative check (rows >= 0)
);
`;
}
