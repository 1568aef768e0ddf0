import { quoteIdentifier, quoteLiteral } from '../kernel/identifiers.ts';
import { chainLockKey, ledgerTable, type LedgerNames } from './names.ts';

/** What the first event of a chain names as the hash before it. */
export const GENESIS_HASH = `sha256:${'0'.repeat(64)}`;

/** Version of the text that is hashed; each event keeps the one it was written with. */
const HASH_VERSION = 1;

/** How events are hashed, appended, and kept as they are. */
export function chainSql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  const lock = lockSql(names);
  return [
    hashSql(schema),
    witnessSql(names),
    appendSql(schema, lock),
    checkSql(schema, lock),
    refuseSql(schema),
  ].join('\n');
}

/** A JSON array has one reading only, and its text depends on no setting once `at` is UTC text. */
function hashSql(schema: string): string {
  return `
create function ${schema}.event_hash(entry ${schema}.ledger) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $function$
begin
  if entry.hash_version is distinct from ${String(HASH_VERSION)} then
    return null;
  end if;
  return 'sha256:' || encode(
    sha256(
      convert_to(
        jsonb_build_array(
          entry.hash_version,
          entry.prev_hash,
          entry.seq,
          entry.event,
          entry.migration_id,
          entry.generation,
          entry.checksum,
          entry.config_fingerprint,
          to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          entry.duration_ms,
          entry.run_id::text,
          entry.environment,
          entry.identity,
          entry.actor,
          entry.tool_version,
          entry.ticket,
          entry.rows,
          entry.checks,
          entry.error,
          entry.note,
          entry.evidence
        )::text,
        'UTF8'
      )
    ),
    'hex'
  );
end
$function$;
`;
}

/** What an upgrade puts in place of what version 1 had. */
export function newerChainSql(names: LedgerNames): string {
  return [witnessSql(names), appendSql(quoteIdentifier(names.schema), lockSql(names))].join('\n');
}

function lockSql(names: LedgerNames): string {
  return `pg_advisory_xact_lock(hashtextextended(${quoteLiteral(chainLockKey(names))}, 0))`;
}

/**
 * Whoever switches a trigger off and on again writes its catalog row anew, and xmin tells. The primary key
 * is there to compare with: a restored dump or an upgrade has written that anew too.
 */
function witnessSql(names: LedgerNames): string {
  const table = `${quoteLiteral(ledgerTable(names).quoted)}::regclass`;
  return `
create or replace function ${quoteIdentifier(names.schema)}.ledger_witness() returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $function$
  select jsonb_build_object(
    'key', (
      select c.oid || ':' || c.xmin
        from pg_constraint as c
       where c.conrelid = ${table}
         and c.conname = 'ledger_pkey'
    ),
    'triggers', (
      select string_agg(t.oid || ':' || t.xmin, ' ' order by t.tgname)
        from pg_trigger as t
       where t.tgrelid = ${table}
         and not t.tgisinternal
    )
  )
$function$;
`;
}

function appendSql(schema: string, lock: string): string {
  return `
create or replace function ${schema}.append_event(event jsonb) returns ${schema}.ledger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $function$
declare
  entry   ${schema}.ledger;
  head    ${schema}.ledger;
  unknown text;
begin
  -- With a snapshot from before the lock, the head read below would be an old one.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'The ledger cannot be written in a % transaction.',
      upper(current_setting('transaction_isolation'))
      using errcode = 'HY003',
            hint = 'Begin the transaction with BEGIN ISOLATION LEVEL READ COMMITTED.';
  end if;

  select string_agg(field, ', ' order by field)
    into unknown
    from jsonb_object_keys(append_event.event) as field
   where field not in (
     'event', 'migration_id', 'generation', 'checksum', 'config_fingerprint', 'duration_ms',
     'run_id', 'environment', 'identity', 'actor', 'tool_version', 'ticket', 'rows', 'checks',
     'error', 'note', 'evidence'
   );
  if unknown is not null then
    raise exception 'An event has no field: %.', unknown
      using errcode = 'HY004',
            hint = 'Position, time and hashes are set by the ledger; anything else goes into "evidence".';
  end if;

  perform ${lock};
  select * into head from ${schema}.ledger as l order by l.seq desc limit 1;

  entry := jsonb_populate_record(null::${schema}.ledger, append_event.event);
  entry.seq := coalesce(head.seq, 0) + 1;
  entry.at := clock_timestamp();
  entry.actor := coalesce(entry.actor, '{}')
    || jsonb_build_object('role', current_user::text, 'login', session_user::text);
  entry.identity := coalesce(entry.identity, '{}')
    || jsonb_build_object('ledger', ${schema}.ledger_witness());
  entry.hash_version := ${String(HASH_VERSION)};
  entry.prev_hash := coalesce(head.hash, '${GENESIS_HASH}');
  entry.hash := ${schema}.event_hash(entry);
  insert into ${schema}.ledger select entry.*;
  return entry;
end
$function$;
`;
}

function checkSql(schema: string, lock: string): string {
  return `
create function ${schema}.check_append() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $function$
declare
  head ${schema}.ledger;
begin
  perform ${lock};
  select * into head from ${schema}.ledger as l order by l.seq desc limit 1;
  if new.seq is distinct from coalesce(head.seq, 0) + 1
    or new.prev_hash is distinct from coalesce(head.hash, '${GENESIS_HASH}')
    or new.hash is distinct from ${schema}.event_hash(new)
  then
    raise exception 'The ledger refuses an event that does not continue its hash chain.'
      using errcode = 'HY002',
            hint = 'Events are recorded by the function append_event of this schema, never by INSERT.';
  end if;
  return new;
end
$function$;

create trigger ledger_check_append
  before insert on ${schema}.ledger
  for each row execute function ${schema}.check_append();

-- ALWAYS: also where session_replication_role switches ordinary triggers off.
alter table ${schema}.ledger enable always trigger ledger_check_append;
`;
}

function refuseSql(schema: string): string {
  return `
create function ${schema}.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  raise exception 'The ledger is append-only: % is refused.', tg_op
    using errcode = 'HY002',
          hint = 'What happened later is a new event; what is recorded stays as it was written.';
end
$function$;

create trigger ledger_append_only
  before update or delete on ${schema}.ledger
  for each row execute function ${schema}.refuse_change();

create trigger ledger_no_truncate
  before truncate on ${schema}.ledger
  for each statement execute function ${schema}.refuse_change();

alter table ${schema}.ledger enable always trigger ledger_append_only;
alter table ${schema}.ledger enable always trigger ledger_no_truncate;
`;
}
