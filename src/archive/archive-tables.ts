import { type Connection, queryOne } from '../database/connection.ts';
import { createTableAs } from '../database/create-table-as.ts';
import { divideLike } from '../database/dialect/citus.ts';
import { databaseErrorFacts, hasSqlstate, sqlstate } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import { ColumnName, QualifiedName, quoteIdentifier } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import type { ArchiveKind } from './archive-name.ts';

/**
 * What a mutations archive has beside the columns of its source: the order of the changes, since a row
 * can be changed more than once, and a hash by changed column of the value that the change has left.
 */
export const MUTATION_COLUMNS = { order: 'hygiene_seq', after: 'hygiene_after' } as const;

export interface ArchiveSchemas {
  /** The schema of the archive tables. */
  readonly archive: string;
  /** The schema of the functions that make them for a role which may not. */
  readonly functions: string;
  /** The role that may execute them. */
  readonly runner: string;
}

/**
 * Makes and drops tables of the archive schema. A role that may create there does it itself, in one
 * statement with the rows; any other calls functions of the ledger, and owns nothing afterwards.
 */
export class ArchiveTables {
  readonly #connection: Connection;
  readonly schemas: ArchiveSchemas;
  #means: Promise<Means> | null = null;

  constructor(connection: Connection, schemas: ArchiveSchemas) {
    this.#connection = connection;
    this.schemas = schemas;
  }

  /** Whether the role makes tables there by itself. */
  async mayCreate(): Promise<boolean> {
    return (await this.#readMeans()).mayCreate;
  }

  /**
   * Makes an archive of the rows that a query returns.
   * @param of where they come from, and how a cluster divides it: the archive is divided the same way
   * @returns how many
   */
  async createFrom(
    name: QualifiedName,
    of: { readonly source: QualifiedName; readonly distributedBy: string | null },
    query: Sql,
  ): Promise<number> {
    const { source, distributedBy: column } = of;
    const { mayCreate } = await this.#readMeans();
    if (!mayCreate || column !== null) {
      await this.create(name, source, 'rows');
      // What the functions of the ledger make belongs to another role, and stays here.
      if (mayCreate && column !== null) {
        await this.#connection.query(divideLike(name, { column, source }));
      }
      return (await this.#connection.query(sql`insert into ${name} ${query}`)).rowCount;
    }
    const rows = await createTableAs(this.#connection, name, query);
    await this.#handOver(name);
    return rows;
  }

  /** Makes an empty archive of the columns of its source. */
  async create(name: QualifiedName, source: QualifiedName, kind: ArchiveKind): Promise<void> {
    if (!(await this.#readMeans()).mayCreate) {
      const create = this.#function('create_archive');
      await this.#call(
        sql`select ${create}(${source.quoted}::regclass, ${name.name}::text, ${kind}::text)`,
      );
      return;
    }
    await this.#connection.query(sql`create table ${name} as select * from ${source} with no data`);
    if (kind === 'mutations') {
      await this.#connection.query(sql`
        alter table ${name}
          add column ${new ColumnName(MUTATION_COLUMNS.after)} jsonb,
          add column ${new ColumnName(MUTATION_COLUMNS.order)} bigint generated always as identity
      `);
    }
    await this.#handOver(name);
  }

  /**
   * Makes the list of a migration in batches, in place of an earlier one.
   * @param key columns of the source by which its rows are known; null: they are known by their place
   * @param rows the query that fills it: position, then the key, or table, place and version
   */
  async createList(
    name: QualifiedName,
    { source, key }: { readonly source: QualifiedName; readonly key: readonly string[] | null },
    rows: Sql,
  ): Promise<void> {
    await this.dropList(name);
    if (!(await this.#readMeans()).mayCreate) {
      const create = this.#function('create_list');
      await this.#call(
        sql`select ${create}(${source.quoted}::regclass, ${key}::text[], ${name.name}::text)`,
      );
      await this.#connection.query(sql`insert into ${name} ${rows}`);
      return;
    }
    await this.#connection.query(sql`create table ${name} as ${rows}`);
    await this.#connection.query(sql`alter table ${name} add primary key (hygiene_n)`);
    await this.#connection.query(sql`analyze ${name}`);
    await this.#handOver(name);
  }

  /** Does nothing where there is no such archive. */
  drop(name: QualifiedName): Promise<void> {
    return this.#drop(name, 'drop_archive');
  }

  /** Does nothing where there is no such list. */
  dropList(name: QualifiedName): Promise<void> {
    return this.#drop(name, 'drop_list');
  }

  async #drop(name: QualifiedName, way: 'drop_archive' | 'drop_list'): Promise<void> {
    const { rows } = await this.#connection.query<{ mine: boolean }>(sql`
      select pg_has_role(c.relowner, 'usage') as mine
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
       where n.nspname = ${name.schema} and c.relname = ${name.name}
    `);
    const [found] = rows;
    if (found === undefined) return;
    if (found.mine) await this.#connection.query(sql`drop table ${name}`);
    else await this.#call(sql`select ${this.#function(way)}(${name.name}::text)`);
  }

  /** What a member of the schema's owner makes is not its own, and is read by whoever reads the others. */
  async #handOver(name: QualifiedName): Promise<void> {
    const { owner, readers } = await this.#readMeans();
    if (owner !== null) {
      await this.#connection.query(sql`alter table ${name} owner to ${new ColumnName(owner)}`);
    }
    if (readers.length === 0) return;
    const roles = joinSql(
      readers.map((reader) => rawSql(quoteIdentifier(reader))),
      ', ',
    );
    await this.#connection.query(sql`grant select, insert on ${name} to ${roles}`);
  }

  #function(name: string): QualifiedName {
    return new QualifiedName(this.schemas.functions, name);
  }

  async #call(statement: Sql): Promise<void> {
    const { role } = await this.#readMeans();
    try {
      await this.#connection.query(statement);
    } catch (error) {
      throw hasSqlstate(error, sqlstate.insufficientPrivilege) ? this.#mayNot(role, error) : error;
    }
  }

  #mayNot(role: string, cause: unknown): HygieneError {
    const facts = databaseErrorFacts(cause);
    const { archive, runner } = this.schemas;
    return new HygieneError('HYG_REFUSED_PRIVILEGES', {
      message: `Role "${role}" may not use the archive in schema "${archive}": ${facts?.message ?? ''}.`,
      hint: facts?.hint ?? `grant "${runner}" to "${role}";`,
      details: { role },
      cause,
    });
  }

  #readMeans(): Promise<Means> {
    const creator = `${quoteIdentifier(this.schemas.functions)}.create_archive(regclass,text,text)`;
    this.#means ??= queryOne<Means>(
      this.#connection,
      sql`
      select current_user::text as role,
             has_schema_privilege(n.oid, 'create') as "mayCreate",
             case
               when n.nspowner = current_user::regrole then null
               when pg_has_role(n.nspowner, ${MAY_BECOME}) then pg_get_userbyid(n.nspowner)::text
             end as owner,
             to_json(array(
               select pg_get_userbyid(granted.grantee)::text
                 from pg_proc as p
                 cross join lateral aclexplode(p.proacl) as granted
                where p.oid = to_regprocedure(${creator})
                  and granted.grantee not in (0, p.proowner)
             )) as readers
        from pg_namespace as n
       where n.nspname = ${this.schemas.archive}
    `,
    );
    return this.#means;
  }
}

/** PostgreSQL 16 tells members that may become the role from those that only have its rights. */
const MAY_BECOME = rawSql(
  "case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end",
);

interface Means {
  readonly role: string;
  readonly mayCreate: boolean;
  /** Who shall own what is made; null: the role itself. */
  readonly owner: string | null;
  /** Roles that may execute the function, and so read what is made. */
  readonly readers: readonly string[];
}
