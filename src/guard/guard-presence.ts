import { type Connection, queryOne } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import type { Guard } from '../planner/guard.ts';

/**
 * What the database has of a guard. `unproven`: new rows are checked, but nobody has proven those that
 * were there. `disabled`: a trigger that does not fire everywhere and always.
 */
export type GuardPresence = 'absent' | 'valid' | 'unproven' | 'altered' | 'disabled';

/**
 * Looks at the database itself, whatever the ledger says. In the caller's transaction, whose search_path
 * is what it was afterwards.
 */
export async function readPresence(connection: Connection, guard: Guard): Promise<GuardPresence> {
  return guard.form === 'check'
    ? checkPresence(connection, guard)
    : triggerPresence(connection, guard);
}

interface FoundCheck {
  readonly definition: string;
  readonly validated: boolean;
}

/** Names in a definition carry their schema only where the search_path does not lead to it. */
async function checkPresence(connection: Connection, guard: Guard): Promise<GuardPresence> {
  const { path } = await queryOne<{ path: string }>(
    connection,
    sql`select current_setting('search_path') as path`,
  );
  await connection.query(sql`select set_config('search_path', '', true)`);
  const { rows } = await connection.query<FoundCheck>(sql`
    select pg_catalog.pg_get_constraintdef(c.oid) as definition, c.convalidated as validated
      from pg_catalog.pg_constraint c
     where c.conrelid = to_regclass(${guard.table.quoted}) and c.conname = ${guard.name}
  `);
  await connection.query(sql`select set_config('search_path', ${path}, true)`);
  const [found] = rows;
  if (found === undefined) return 'absent';
  const definition = found.validated
    ? found.definition
    : found.definition.replace(/ NOT VALID$/, '');
  if (definition !== guard.definition) return 'altered';
  return found.validated ? 'valid' : 'unproven';
}

interface FoundTrigger {
  readonly fires: boolean;
  readonly body: string;
  readonly always: boolean;
}

/** After INSERT or UPDATE, for each row, of any column and without a condition. */
const TRIGGER_TYPE = 1 | 4 | 16;

/** A partition has a copy of its own, which can be disabled alone. */
async function triggerPresence(connection: Connection, guard: Guard): Promise<GuardPresence> {
  const { rows } = await connection.query<FoundTrigger>(sql`
    select t.tgtype = ${TRIGGER_TYPE}::int2 and t.tgqual is null and t.tgattr::text = '' as fires,
           p.prosrc as body,
           not exists (
             select
               from pg_catalog.pg_trigger copy
              where copy.tgname = t.tgname
                and copy.tgfoid = t.tgfoid
                and copy.tgenabled <> 'A'
           ) as always
      from pg_catalog.pg_trigger t
      join pg_catalog.pg_proc p on p.oid = t.tgfoid
     where t.tgrelid = to_regclass(${guard.table.quoted}) and t.tgname = ${guard.name}
  `);
  const [found] = rows;
  if (found === undefined) return 'absent';
  if (found.body !== guard.definition || !found.fires) return 'altered';
  return found.always ? 'valid' : 'disabled';
}
