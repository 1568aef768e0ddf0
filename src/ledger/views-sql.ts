import { quoteIdentifier } from '../kernel/identifiers.ts';
import type { LedgerNames } from './names.ts';

/** What people read in psql. Columns are public: new ones are added at the end. */
export function viewsSql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  return [statusSql(schema), historySql(schema)].join('\n');
}

/** The same fold as `history.ts`, which a property test compares with this view. */
function statusSql(schema: string): string {
  return `
create view ${schema}.status as
with migrations as (
  select
    migration_id,
    1 + count(*) filter (where event = 'reapplied') as generation,
    coalesce(max(seq) filter (where event = 'reapplied'), 0) as reapplied_seq
  from ${schema}.ledger
  where migration_id is not null
  group by migration_id
),
turns as (
  select distinct on (migration_id)
    migration_id,
    run_id,
    case when event <> 'reapplied' then error end as error,
    case event
      when 'restored' then 'held'
      when 'reapplied' then 'pending'
      when 'baseline' then 'baselined'
      else event
    end as status
  from ${schema}.ledger
  where migration_id is not null
    and event in (
      'started', 'applied', 'failed', 'interrupted', 'cancelled', 'skipped',
      'restored', 'reapplied', 'retired', 'baseline'
    )
  order by migration_id, seq desc
),
applications as (
  select distinct on (l.migration_id) l.*
  from ${schema}.ledger as l
  join migrations as m on m.migration_id = l.migration_id and l.seq > m.reapplied_seq
  where l.event in ('applied', 'baseline')
  order by l.migration_id, l.seq desc
),
last_events as (
  select distinct on (migration_id) migration_id, event, at, run_id
  from ${schema}.ledger
  where migration_id is not null
  order by migration_id, seq desc
)
select
  m.migration_id,
  coalesce(t.status, 'pending') as status,
  m.generation::integer as generation,
  a.at as applied_at,
  coalesce(a.actor ->> 'osUser', a.actor ->> 'role') as applied_by,
  (
    select sum((entry ->> 'removed')::bigint)::bigint
    from pg_catalog.jsonb_array_elements(a.rows) as entry
  ) as rows_removed,
  coalesce(a.run_id, t.run_id, e.run_id) as run_id,
  e.event as last_event,
  e.at as last_event_at,
  t.error ->> 'message' as last_error
from migrations as m
left join turns as t on t.migration_id = m.migration_id
left join applications as a on a.migration_id = m.migration_id
join last_events as e on e.migration_id = m.migration_id;
`;
}

export function historySql(schema: string): string {
  return `
create or replace view ${schema}.history as
select
  l.seq,
  l.at,
  l.event,
  l.migration_id,
  l.generation,
  (
    select string_agg(
      pg_catalog.format(
        case
          when entry ? 'restored' then '%1$s: %4$s restored, %5$s set back'
          when l.event = 'archive_pruned' then '%1$s: %6$s pruned'
          when (entry ->> 'changed')::bigint > 0 then '%1$s: %2$s removed, %3$s changed'
          else '%1$s: %2$s removed'
        end,
        entry ->> 'table', entry ->> 'removed', entry ->> 'changed',
        entry ->> 'restored', entry ->> 'reverted', entry ->> 'archived'
      ),
      ', ' order by position
    )
    from pg_catalog.jsonb_array_elements(l.rows) with ordinality as listed (entry, position)
  ) as what,
  l.actor ->> 'role' as role,
  l.actor ->> 'osUser' as os_user,
  l.actor ->> 'host' as host,
  l.actor ->> 'ciUrl' as ci_url,
  l.actor ->> 'commit' as git_commit,
  l.environment,
  l.ticket,
  l.note,
  l.error ->> 'message' as error,
  l.duration_ms,
  l.run_id,
  l.hash
from ${schema}.ledger as l
order by l.seq;
`;
}
