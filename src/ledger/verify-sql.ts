import { quoteIdentifier, quoteLiteral } from '../kernel/identifiers.ts';
import { GENESIS_HASH } from './chain-sql.ts';
import { ledgerTable, type LedgerNames } from './names.ts';

/** The proof of the chain, which needs nothing but psql, and the fence against stray commits. */
export function proofsSql(names: LedgerNames): string {
  return [verifySql(names), fenceSql(quoteIdentifier(names.schema))].join('\n');
}

/** The proof of the chain; an upgrade puts it in place of that of version 1. */
export function verifySql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  return `
create or replace function ${schema}.verify_ledger()
returns table (
  ok        boolean,
  events    bigint,
  head_seq  bigint,
  head_hash text,
  problem   text,
  at_seq    bigint
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $function$
begin
  select count(*), max(l.seq) into events, head_seq from ${schema}.ledger as l;
  select l.hash into head_hash from ${schema}.ledger as l where l.seq = head_seq;

  ok := false;
  for problem, at_seq in
${brokenLinksSql(schema)}
    union all
${switchedTriggersSql(schema)}
    union all
${lostTriggersSql(names)}
    order by 2 nulls last
  loop
    return next;
  end loop;

  if not found then
    ok := true;
    problem := null;
    at_seq := null;
    return next;
  end if;
end
$function$;
`;
}

/** Each link that does not hold, with its position. */
function brokenLinksSql(schema: string): string {
  return `    with chain as (
      select
        l.seq,
        l.prev_hash,
        l.hash,
        ${schema}.event_hash(l) as own_hash,
        l.hash_version,
        lag(l.seq, 1, 0::bigint) over (order by l.seq) as seq_before,
        lag(l.hash, 1, '${GENESIS_HASH}') over (order by l.seq) as hash_before
      from ${schema}.ledger as l
    )
    select found.problem, chain.seq
      from chain
      cross join lateral (
        values
          (
            chain.seq <> chain.seq_before + 1,
            format('events %s to %s are missing', chain.seq_before + 1, chain.seq - 1)
          ),
          (
            chain.prev_hash <> chain.hash_before,
            'it does not follow the event before it: one was removed, inserted, replaced or moved'
          ),
          (
            chain.own_hash is null,
            format('hash version %s is not known here', chain.hash_version)
          ),
          (
            chain.own_hash <> chain.hash,
            'it was changed after it was recorded'
          )
      ) as found (present, problem)
     where found.present`;
}

/** Each time that a trigger was switched off and on between two events, or after the last one. */
function switchedTriggersSql(schema: string): string {
  return `    select 'after it, a trigger of the ledger was switched off and on again', seen.seq
      from (
        select
          kept.seq,
          kept.witness,
          lead(kept.witness, 1, ${schema}.ledger_witness()) over (order by kept.seq) as next
        from (
          select l.seq, l.identity -> 'ledger' as witness
            from ${schema}.ledger as l
           where l.identity ? 'ledger'
        ) as kept
      ) as seen
     where seen.witness ->> 'key' = seen.next ->> 'key'
       and seen.witness ->> 'triggers' is distinct from seen.next ->> 'triggers'`;
}

/** Each trigger of the ledger that does not do its work, without a position. */
function lostTriggersSql(names: LedgerNames): string {
  return `    select format('the trigger %s is missing, disabled or replaced', expected.name), null
      from (
        values
          ('ledger_append_only', 'refuse_change'),
          ('ledger_no_truncate', 'refuse_change'),
          ('ledger_check_append', 'check_append')
      ) as expected (name, function)
     where not exists (
       select
         from pg_trigger as t
         join pg_proc as p on p.oid = t.tgfoid
         join pg_namespace as n on n.oid = p.pronamespace
        where t.tgrelid = ${quoteLiteral(ledgerTable(names).quoted)}::regclass
          and t.tgname = expected.name
          and t.tgenabled = 'A'
          and p.proname = expected.function
          and n.nspname = ${quoteLiteral(names.schema)}
     )`;
}

/**
 * The executor puts this on a temporary table as a deferred constraint trigger. The table exists only
 * in the executor's transaction, so its name is looked up when the trigger runs.
 */
function fenceSql(schema: string): string {
  return `
create function ${schema}.commit_fence() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  is_armed boolean;
begin
  execute 'select exists (select from pg_temp.hygiene_fence where armed)' into is_armed;
  if is_armed then
    raise exception 'The transaction was committed by somebody other than hygiene.'
      using errcode = 'HY001',
            hint = 'Take COMMIT out of the migration and of the functions it calls: hygiene commits '
              'when everything is verified and recorded.';
  end if;
  return null;
end
$function$;
`;
}
