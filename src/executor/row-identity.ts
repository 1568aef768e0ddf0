import type { Table } from '../catalog/model.ts';
import { ColumnName, quoteIdentifier } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';

/**
 * How rows of a table are told apart in work tables: by key, or by physical place where there is no
 * key. The place holds as long as the row is locked and nobody updates it.
 */
export interface RowIdentity {
  /** Column names in a work table. */
  readonly columns: readonly string[];
  /** The expressions that fill them, for a table known by the given alias. */
  expressions(alias: string): readonly Sql[];
}

const PLACE_COLUMNS = ['hygiene_tableoid', 'hygiene_ctid'];

export function rowIdentity(table: Table): RowIdentity {
  const key = table.inheritanceChildren.length > 0 ? null : table.key;
  if (key === null) {
    return {
      columns: PLACE_COLUMNS,
      expressions: (alias) => [rawSql(`${alias}.tableoid`), rawSql(`${alias}.ctid`)],
    };
  }
  return { columns: key, expressions: (alias) => key.map((name) => qualified(alias, name)) };
}

/**
 * A table goes by its own name in the engine's statements, so that an author's predicate may say
 * `users.email` as well as `email`. Whatever is joined to it has a name with `hygiene_`, which no
 * table of an application has.
 */
export function selfAlias(table: Table): string {
  return quoteIdentifier(table.name.name);
}

/** All of a row as text; `alias::text` would be the column where one is named like its table. */
export function wholeRow(alias: string): Sql {
  return rawSql(`row(${alias}.*)::text`);
}

/** The identity as a select list: `"users"."id" as "id"`. */
export function identityColumns(identity: RowIdentity, alias: string): Sql {
  const expressions = identity.expressions(alias);
  return joinSql(
    identity.columns.map(
      (name, at) => sql`${expressions[at] ?? rawSql('null')} as ${new ColumnName(name)}`,
    ),
    ', ',
  );
}

/** `alias."column"` */
export function qualified(alias: string, column: string): Sql {
  return rawSql(`${alias}.${new ColumnName(column).quoted}`);
}

/** `t."id" = d."id" and …`: the rows of a table that stand in a work table. */
export function sameRow(identity: RowIdentity, tableAlias: string, workAlias: string): Sql {
  const expressions = identity.expressions(tableAlias);
  const terms = identity.columns.map(
    (column, index) =>
      sql`${expressions[index] ?? rawSql('null')} = ${qualified(workAlias, column)}`,
  );
  return joinSql(terms, ' and ');
}
