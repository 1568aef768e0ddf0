import { ColumnName, QualifiedName } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { hashable, rowHash, valuesHash } from './row-hash.ts';
import { qualified } from './row-identity.ts';
import type { RestoreUnit, SharedColumn } from './restore-units.ts';

/** The statements that put archived rows back. The archive goes by `hygiene_kept`, the table by `hygiene_now`. */

export const KEPT = 'hygiene_kept';
export const NOW = 'hygiene_now';

/** Count and sum of the hashes of some rows: the same for the same rows, in whatever order. */
export interface Proof {
  readonly rows: number;
  /** A number too large for JavaScript. */
  readonly hash: string;
}

/** The temporary table of archived rows, by their place, that stay in the archive. */
export function skippedTable({ position }: RestoreUnit): QualifiedName {
  return new QualifiedName('pg_temp', `hygiene_skipped_${String(position)}`);
}

/** What may go back: everything, or what is not in the table of those that stay. */
export function notSkipped(unit: RestoreUnit, skipping: boolean): Sql {
  if (!skipping) return rawSql('true');
  return sql`not exists (select from ${skippedTable(unit)} as hygiene_skipped where hygiene_skipped.place = hygiene_kept.ctid)`;
}

/** One row with the columns `0.rows`, `0.hash`, `1.rows`, … in the order of the units. */
export function insertArchived(units: readonly RestoreUnit[], skipping: boolean): Sql {
  const inserts = units.map(
    (unit, at) => sql`${put(at)} as (${insertOne(unit, notSkipped(unit, skipping))})`,
  );
  const proofs = units.map(
    (_, at) => sql`
    (select count(*)::float8 from ${put(at)}) as ${new ColumnName(`${String(at)}.rows`)},
    (select coalesce(sum(hash), 0)::text from ${put(at)}) as ${new ColumnName(`${String(at)}.hash`)}`,
  );
  return sql`with ${joinSql(inserts, ',\n')} select ${joinSql(proofs, ', ')}`;
}

function put(at: number): Sql {
  return rawSql(`hygiene_put_${String(at)}`);
}

/** A row is hashed as it was stored, after every BEFORE trigger. */
function insertOne(unit: RestoreUnit, condition: Sql): Sql {
  const names = unit.columns.map(({ name }) => sql`${new ColumnName(name)}`);
  const values = unit.columns.map(({ name }) => qualified(KEPT, name));
  return sql`
    insert into ${unit.table.name} as hygiene_now (${joinSql(names, ', ')})
    overriding system value
    select ${joinSql(values, ', ')}
      from ${unit.kept} as hygiene_kept
     where ${condition}
    returning ${rowHash(unit.columns, NOW)} as hash
  `;
}

/** What the archive says that was to go back. */
export function archivedProof(unit: RestoreUnit, skipping: boolean): Sql {
  return sql`
    select count(*)::float8 as rows, coalesce(sum(${archivedHash(unit.columns)}), 0)::text as hash
      from ${unit.kept} as hygiene_kept
     where ${notSkipped(unit, skipping)}
  `;
}

/** The hash of archived values as they are once they have the table's types. */
export function archivedHash(columns: readonly SharedColumn[]): Sql {
  return valuesHash(
    columns.map((column) =>
      hashable(
        column,
        qualified(KEPT, column.name),
        column.convertedFrom === null ? null : column.type,
      ),
    ),
  );
}

/** `hygiene_now."a" = hygiene_kept."a" and …`, in the table's types. */
export function sameValues(columns: readonly SharedColumn[]): Sql {
  const terms = columns.map(({ name, type, convertedFrom }) => {
    const kept = qualified(KEPT, name);
    const value = convertedFrom === null ? kept : sql`cast(${kept} as ${rawSql(type)})`;
    return sql`${qualified(NOW, name)} = ${value}`;
  });
  return joinSql(terms, ' and ');
}
