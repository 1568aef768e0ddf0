import { type Catalog, tableByOid } from '../catalog/model.ts';
import type { WindowFacts } from '../catalog/window-facts.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import { ColumnName, quoteLiteral } from '../kernel/identifiers.ts';
import { rawSql, type Sql, sql } from '../kernel/sql.ts';
import type { SwitchedKey } from '../planner/strategy.ts';
import { keyFacts } from '../planner/strategy-obstacles.ts';

/**
 * Foreign keys that are switched off while rows go and checked once afterwards, so that nothing is
 * checked row by row. They come back as they were, to the letter; that is compared, not assumed.
 */
export class SwitchedKeys {
  readonly #connection: Connection;
  readonly #catalog: Catalog;
  readonly #facts: WindowFacts;
  readonly #keys: readonly SwitchedKey[];
  #before = '';

  constructor(
    connection: Connection,
    known: { readonly catalog: Catalog; readonly facts: WindowFacts },
    keys: readonly SwitchedKey[],
  ) {
    this.#connection = connection;
    this.#catalog = known.catalog;
    this.#facts = known.facts;
    this.#keys = keys;
  }

  async off(): Promise<void> {
    this.#before = await this.#declared();
    for (const switched of this.#keys) {
      await this.#alter(
        switched,
        switched.how === 'not enforced'
          ? sql`alter constraint ${nameOf(switched)} not enforced`
          : sql`drop constraint ${nameOf(switched)}`,
      );
    }
  }

  /** PostgreSQL checks the rows that are left against each key that was valid. */
  async on(): Promise<void> {
    for (const switched of this.#keys) {
      const { definition } = keyFacts(this.#facts, switched.key);
      await this.#alter(
        switched,
        switched.how === 'not enforced'
          ? sql`alter constraint ${nameOf(switched)} enforced`
          : sql`add constraint ${nameOf(switched)} ${rawSql(definition)}`,
      );
      if (switched.how === 'drop and add') await this.#comment(switched);
    }
    if ((await this.#declared()) !== this.#before) throw notAsBefore(this.#keys);
  }

  async #alter({ key }: SwitchedKey, action: Sql): Promise<void> {
    const { name } = tableByOid(this.#catalog, key.child);
    await this.#connection.query(sql`alter table ${name} ${action}`);
  }

  async #comment(switched: SwitchedKey): Promise<void> {
    const { comment } = keyFacts(this.#facts, switched.key);
    if (comment === null) return;
    const { name } = tableByOid(this.#catalog, switched.key.child);
    await this.#connection.query(
      sql`comment on constraint ${nameOf(switched)} on ${name} is ${rawSql(quoteLiteral(comment))}`,
    );
  }

  /** Everything that is declared about the constraints of both sides, their triggers included. */
  async #declared(): Promise<string> {
    const tables = this.#keys.flatMap(({ key }) => [key.child, key.parent]);
    const { declared } = await queryOne<{ declared: string }>(
      this.#connection,
      sql`
        select coalesce(string_agg(line, E'\n' order by line), '') as declared
          from (
            select concat_ws(' ', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid),
                             k.convalidated, to_jsonb(k) ->> 'conenforced', k.condeferrable,
                             k.condeferred, obj_description(k.oid, 'pg_constraint')) as line
              from pg_constraint k
             where k.conrelid = any(${tables}::bigint[]::oid[])
             union all
            select concat_ws(' ', t.tgrelid::regclass, k.conname, t.tgfoid::regproc, t.tgtype,
                             t.tgenabled, t.tgdeferrable, t.tginitdeferred)
              from pg_trigger t
              join pg_constraint k on k.oid = t.tgconstraint
             where t.tgrelid = any(${tables}::bigint[]::oid[])
          ) as lines
      `,
    );
    return declared;
  }
}

function nameOf({ key }: SwitchedKey): ColumnName {
  return new ColumnName(key.name);
}

function notAsBefore(keys: readonly SwitchedKey[]): HygieneError {
  const names = keys.map(({ key }) => key.name);
  return new HygieneError('HYG_RUN_SCHEMA_CHANGED', {
    message: `The foreign keys did not come back as they were: ${names.slice(0, 5).join(', ')}.`,
    hint: 'Nothing was kept. Run with --strategy delete, and report this with the definitions of the keys.',
    details: { constraints: names },
  });
}
