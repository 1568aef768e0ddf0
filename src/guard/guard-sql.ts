import { QualifiedName, quoteIdentifier, quoteLiteral } from '../kernel/identifiers.ts';
import { type Guard, GUARD_COMMENT } from '../planner/guard.ts';

/** The statements of a seed guard, each without its semicolon. Pure text: the DBA may run it too. */

/** The condition that every row must meet. NULL is no match, so such a row passes. */
export function checkExpression({ forbidden }: Pick<Guard, 'forbidden'>): string {
  return `(${forbidden}) is not true`;
}

/** A guard of the same name is replaced: its migration was edited before it was applied again. */
export function addStatements(guard: Guard, migrationId: string): readonly string[] {
  const { table } = guard;
  const name = quoteIdentifier(guard.name);
  const comment = quoteLiteral(commentOf(migrationId));
  if (guard.form === 'check') {
    return [
      `alter table ${table.quoted} drop constraint if exists ${name}`,
      `alter table ${table.quoted} add constraint ${name} check (${checkExpression(guard)}) not valid`,
      `comment on constraint ${name} on ${table.quoted} is ${comment}`,
    ];
  }
  const called = functionName(guard).quoted;
  return [
    `create or replace function ${called}() returns trigger language plpgsql security definer ` +
      `set search_path to ${pathOf(guard)} as ${quotedBody(guard.definition)}`,
    `drop trigger if exists ${name} on ${table.quoted}`,
    `create trigger ${name} after insert or update on ${table.quoted} for each row execute function ${called}()`,
    `alter table ${table.quoted} enable always trigger ${name}`,
    `comment on trigger ${name} on ${table.quoted} is ${comment}`,
  ];
}

/** Proves that the rows which are there meet the guard. A trigger says nothing about them. */
export function validateStatement({ name, table }: Guard): string {
  return `alter table ${table.quoted} validate constraint ${quoteIdentifier(name)}`;
}

export function dropStatements(guard: Guard): readonly string[] {
  const { table } = guard;
  const name = quoteIdentifier(guard.name);
  return guard.form === 'check'
    ? [`alter table ${table.quoted} drop constraint if exists ${name}`]
    : [
        `drop trigger if exists ${name} on ${table.quoted}`,
        `drop function if exists ${functionName(guard).quoted}()`,
      ];
}

/** Everything as a script, for somebody who owns the table. */
export function addScript(guard: Guard, migrationId: string): string {
  const validate = guard.form === 'check' ? [validateStatement(guard)] : [];
  const path = guard.searchPath.map(quoteIdentifier).join(', ');
  return [
    `-- Seed guard of hygiene migration ${migrationId}; the next \`hygiene up\` finds and records it.`,
    'begin;',
    "set local lock_timeout = '2s';",
    ...(path === '' ? [] : [`set local search_path = ${path};`]),
    ...addStatements(guard, migrationId).map((statement) => `${statement};`),
    'commit;',
    ...validate.map((statement) => `${statement};`),
  ].join('\n');
}

/**
 * What the trigger function does. The row goes by the table's name, so that the predicate may say
 * `users.email` as well as `email`; it is read after all other triggers had their say.
 */
export function triggerBody(
  { name, table, forbidden }: Pick<Guard, 'name' | 'table' | 'forbidden'>,
  migrationId: string,
): string {
  const message = `new row for relation ${table.toString()} is refused by the seed guard of hygiene migration ${migrationId}`;
  return `
begin
  if exists (select from (select new.*) as ${quoteIdentifier(table.name)} where ${forbidden}) then
    raise exception using
      errcode = 'check_violation',
      message = ${quoteLiteral(message)},
      hint = ${quoteLiteral('Rows that the migration removed cannot come back.')},
      schema = ${quoteLiteral(table.schema)},
      table = ${quoteLiteral(table.name)},
      constraint = ${quoteLiteral(name)};
  end if;
  return null;
end
`;
}

/** Beside its table: the ledger's schema takes nothing from a role that only records. */
function functionName({ name, table }: Pick<Guard, 'name' | 'table'>): QualifiedName {
  return new QualifiedName(table.schema, name);
}

function commentOf(migrationId: string): string {
  return (
    `${GUARD_COMMENT}${migrationId}: rows like those that it removed are refused. ` +
    `To drop it: hygiene guard drop ${migrationId} --reason WHY`
  );
}

/** The function has its owner's rights, so nobody else's temporary tables may come first. */
function pathOf({ searchPath }: Guard): string {
  return [...searchPath.map(quoteIdentifier), 'pg_temp'].join(', ');
}

function quotedBody(body: string): string {
  return body.includes('$guard$') ? quoteLiteral(body) : `$guard$${body}$guard$`;
}
