import type { Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import { rawSql, type Sql, sql } from '../kernel/sql.ts';
import type { Closure } from '../planner/closure.ts';
import { rowSetCondition } from '../planner/steps.ts';
import { checkClusterRows } from '../policy/cluster.ts';
import type { ProtectedHit } from '../policy/protected-rows.ts';
import { assertRights } from './access-facts.ts';
import { readTextSettings, type TextSettings, withTextSettings } from './pinned-text.ts';
import { compareInCluster } from './protected-in-cluster.ts';
import { identityColumns, rowIdentity, sameRow, selfAlias, wholeRow } from './row-identity.ts';
import type { SelectedRows } from './selected-rows.ts';
import { isListedIn } from './selection-sql.ts';
import type { ProtectedSet } from './protected-set.ts';

export interface ProtectedChange {
  readonly set: string;
  readonly table: QualifiedName;
  /** Rows that are gone or whose new version this transaction wrote. */
  readonly changedByUs: number;
  /** Rows that are gone; whose doing it was, the row itself cannot tell. */
  readonly gone: number;
  /** Rows that other sessions changed meanwhile, such as the last login of an admin. */
  readonly changedByOthers: number;
}

/**
 * Remembers every protected row by key with a hash of its content, and compares at the end.
 * The text of a row depends on session settings, so both times it is read under the same.
 */
export class ProtectedRows {
  readonly #connection: Connection;
  readonly #sets: readonly ProtectedSet[];
  readonly #name: string;
  #settings: TextSettings = {};

  /** @param name of the baselines, where a transaction has more than one */
  constructor(connection: Connection, sets: readonly ProtectedSet[], name = 'hygiene_protected') {
    this.#connection = connection;
    this.#sets = sets;
    this.#name = name;
  }

  async takeBaseline(): Promise<void> {
    if (this.#sets.length === 0) return;
    const needed = this.#sets.map(({ table }) => ({ table, rights: ['select'] as const }));
    await assertRights(this.#connection, needed);
    for (const { table, label } of this.#sets) {
      const refusal = checkClusterRows(`protect ${label}`, { tables: [table], groups: [] });
      if (refusal !== null) throw refusal;
    }
    this.#settings = await readTextSettings(this.#connection);
    for (const [index, set] of this.#sets.entries()) await this.#remember(set, index);
  }

  #baselineTable(index: number): QualifiedName {
    return new QualifiedName('pg_temp', `${this.#name}_${String(index)}`);
  }

  /**
   * One entry for each set, changed or not.
   * @param closed tables of a cluster that only this transaction can have changed
   */
  async compare(closed: readonly Table[] = []): Promise<readonly ProtectedChange[]> {
    if (this.#sets.length === 0) return [];
    const changes: ProtectedChange[] = [];
    await withTextSettings(this.#connection, this.#settings, async () => {
      for (const [index, set] of this.#sets.entries())
        changes.push(await this.#compareSet(set, { index, closed }));
    });
    return changes;
  }

  async #remember(set: ProtectedSet, index: number): Promise<void> {
    const { table, rows } = set;
    const identity = rowIdentity(table);
    const self = selfAlias(table);
    await this.#connection.query(sql`
      create temp table ${this.#baselineTable(index)} on commit drop as
      select ${identityColumns(identity, self)}, null::text as hygiene_hash,
             null::xid as hygiene_written_by
        from ${table.name}
        with no data
    `);
    await this.#connection.query(sql`
      insert into ${this.#baselineTable(index)}
      select ${identityColumns(identity, self)}, ${rowHash(self)}, ${writtenBy(table)}
        from ${table.name}
       where ${rowSetCondition(rows)}
    `);
    await this.#connection.query(sql`analyze ${this.#baselineTable(index)}`);
  }

  /**
   * A row version is ours when the transaction that wrote it is still in progress: versions of other
   * transactions in progress are invisible to us. `age` counts back from our own transaction id.
   * Other content in the same version comes from our own ALTER TABLE: nobody else can alter a table
   * that we have read.
   */
  async #compareSet(
    set: ProtectedSet,
    { index, closed }: { readonly index: number; readonly closed: readonly Table[] },
  ): Promise<ProtectedChange> {
    if (set.table.citus !== null) {
      const isClosed = closed.some(({ root }) => root === set.table.root);
      return this.#compareInCluster(set, { index, isClosed });
    }
    const self = selfAlias(set.table);
    const { rows } = await this.#connection.query<{
      gone: number;
      ours: number;
      others: number;
    }>(sql`
      with compared as (
        select ${rawSql(self)}.tableoid is null as gone,
               hygiene_before.hygiene_hash is distinct from ${rowHash(self)} as changed,
               ${rawSql(self)}.xmin as written_by,
               ${rawSql(self)}.xmin = hygiene_before.hygiene_written_by as same_version
          from ${this.#baselineTable(index)} as hygiene_before
          left join ${set.table.name} on ${sameRow(rowIdentity(set.table), self, 'hygiene_before')}
      ), judged as (
        select gone,
               case when gone or not changed then null
                    when same_version then 'in progress'
                    else pg_xact_status((pg_current_xact_id()::text::bigint - age(written_by))::text::xid8)
               end as writer
          from compared
         where gone or changed
      )
      select count(*) filter (where gone)::float8 as gone,
             count(*) filter (where not gone and writer = 'in progress')::float8 as ours,
             count(*) filter (where not gone and writer is distinct from 'in progress')::float8 as others
        from judged
    `);
    const counts = rows[0] ?? { gone: 0, ours: 0, others: 0 };
    return {
      set: set.label,
      table: set.table.name,
      changedByUs: counts.ours,
      gone: counts.gone,
      changedByOthers: counts.others,
    };
  }

  async #compareInCluster(
    set: ProtectedSet,
    { index, isClosed }: { readonly index: number; readonly isClosed: boolean },
  ): Promise<ProtectedChange> {
    const baseline = this.#baselineTable(index);
    const { gone, changed } = await compareInCluster(this.#connection, set, {
      baseline,
      hash: rowHash(selfAlias(set.table)),
    });
    return {
      ...{ set: set.label, table: set.table.name, gone },
      changedByUs: isClosed ? changed : 0,
      changedByOthers: isClosed ? 0 : changed,
    };
  }
}

/** Which transaction wrote a row version; of a row on another node that says nothing here. */
function writtenBy(table: Table): Sql {
  return table.citus === null ? rawSql(`${selfAlias(table)}.xmin`) : rawSql('null::xid');
}

/** How many listed rows belong to a protected set on the same table, or on another part of its partition tree. */
export async function countProtected(
  connection: Connection,
  set: ProtectedSet,
  isListed: (seenFrom: Table) => Sql,
): Promise<number> {
  const table = set.table;
  const { count } = await queryOne<{ count: number }>(
    connection,
    sql`
    select count(*)::float8 as count
      from ${table.name}
     where ${rowSetCondition(set.rows)}
       and ${isListed(table)}
  `,
  );
  return count;
}

interface Touched {
  readonly effect: ProtectedHit['effect'];
  readonly isListed: (seenFrom: Table) => Sql;
}

/** Keys are compared apart, so only the content of the row counts here. */
function rowHash(alias: string): Sql {
  return sql`encode(sha256(convert_to(${wholeRow(alias)}, 'UTF8')), 'hex')`;
}

/** Every protected set that shares rows with what a selection removes or changes. */
export async function protectedHits(
  connection: Connection,
  sets: readonly ProtectedSet[],
  { selection, closure }: { readonly selection: SelectedRows; readonly closure: Closure },
): Promise<readonly ProtectedHit[]> {
  const hits: ProtectedHit[] = [];
  const look = async (table: Table, touched: Touched): Promise<void> => {
    const { effect, isListed } = touched;
    for (const set of sets.filter((each) => each.table.root === table.root)) {
      const rows = await countProtected(connection, set, isListed);
      hits.push({ set: set.label, table: table.name.toString(), rows, effect });
    }
  };
  for (const table of closure.tables.filter((each) => selection.doomedCount(each) > 0)) {
    const isListed = (seenFrom: Table): Sql => selection.isDoomed(table, seenFrom);
    await look(table, { effect: 'removed', isListed });
  }
  for (const { work } of selection.changed.filter((each) => selection.count(each.work) > 0)) {
    await look(work.table, {
      effect: 'changed',
      isListed: (seenFrom) => isListedIn(work, seenFrom),
    });
  }
  return hits;
}
