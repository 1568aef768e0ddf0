import { quoteIdentifier } from '../kernel/identifiers.ts';
import { archiveFunctionsSql } from './archive-functions-sql.ts';
import type { LedgerNames } from './names.ts';
import { newerChainSql } from './chain-sql.ts';
import { SCHEMA_VERSION } from './tables-sql.ts';
import { verifySql } from './verify-sql.ts';
import { historySql } from './views-sql.ts';

/** What version 2 has and version 1 had not. An upgrade only adds: an older tool goes on working. */
export function additionsSql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  return `
alter table ${schema}.archives
  add column changed_columns text[],
  add column stage integer not null default 1,
  drop constraint archives_pkey,
  add constraint archives_pkey
    primary key (migration_id, generation, stage, source_schema, source_table, kind);

create table ${schema}.progress (
  migration_id   text        not null,
  generation     integer     not null,
  token          bigint      not null,
  run_id         uuid        not null,
  backend_pid    integer     not null,
  heartbeat      timestamptz not null,
  state          text        not null,
  waiting_for    text,
  request        text,
  requested_by   text,
  requested_at   timestamptz,
  request_reason text,
  checksum       text,
  frozen_at      timestamptz,
  snapshot       text,
  step           integer     not null default 0,
  position       bigint      not null default 0,
  rows_done      bigint      not null default 0,
  rows_total     bigint,
  batch_size     integer,
  steps          jsonb       not null default '[]',
  tables         jsonb       not null default '[]',
  statistics     jsonb       not null default '{}',
  proofs         jsonb,

  constraint progress_pkey primary key (migration_id, generation),
  constraint progress_state_known check (state in ('running', 'stopped')),
  constraint progress_request_known check (request in ('pause', 'cancel'))
);

revoke all on ${schema}.progress from public;

create table ${schema}.guards (
  migration_id text    not null,
  generation   integer not null,
  guard_name   text    not null,
  table_schema text    not null,
  table_name   text    not null,
  form         text    not null,
  forbidden    text    not null,
  definition   text    not null,
  search_path  text[]  not null,

  constraint guards_pkey primary key (migration_id, generation, guard_name),
  constraint guards_form_known check (form in ('check', 'trigger'))
);

revoke all on ${schema}.guards from public;
${archiveFunctionsSql(names)}`;
}

/** Brings tables of version 1 to this version, in the caller's transaction. */
export function upgradeSql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  return `${additionsSql(names)}${newerChainSql(names)}${verifySql(names)}${historySql(schema)}
update ${schema}.meta set schema_version = ${String(SCHEMA_VERSION)};
`;
}
