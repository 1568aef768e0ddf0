import { type Connection, queryOne } from '../database/connection.ts';
import { ColumnName, QualifiedName, quoteIdentifier } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { identityColumns, rowIdentity } from './row-identity.ts';
import { AFTER, asItWasLeft, hashLeft, hashNow, ORDER } from './changed-values.ts';
import { rowHash } from './row-hash.ts';
import { copyToday, createCopyOfToday } from './restore-in-cluster.ts';
import { archivedHash, NOW, notSkipped, sameValues } from './restore-sql.ts';
import { type SetBack, setBack } from './set-back.ts';
import { type RestoreUnit, type SharedColumn, withoutHashes } from './restore-units.ts';

/** Which columns some changes have set; all of them were undone by statements of one form. */
interface Shape {
  readonly columns: readonly string[];
}

export interface Undone {
  /** Changes that were taken back; a row can have been changed more than once. */
  readonly changes: number;
  /** What the archive says, and what the rows hold now. */
  readonly proofs: readonly SetBack[];
}

/**
 * Sets columns of rows that stayed back to what they were. A row is found by its key, and only where its
 * columns still hold what the migration has left, by hash; a table without a key is searched for rows
 * with the whole content. A row that was changed twice goes back in two rounds, the last change first.
 */
export class MutationRestore {
  readonly #connection: Connection;
  readonly #unit: RestoreUnit;
  readonly #skipping: boolean;
  #shapes: readonly Shape[] | null = null;
  #isOneForm = true;

  constructor(connection: Connection, unit: RestoreUnit, skipping: boolean) {
    this.#connection = connection;
    this.#unit = unit;
    this.#skipping = skipping;
  }

  /**
   * Takes back whatever fits now; what fits later, because its row is put back first, is left to another run.
   * @param only which changes are meant, by the columns that they have set
   * @param beforeEach told which rows will be changed, before they are
   */
  async run(
    only: (columns: readonly string[]) => boolean,
    beforeEach: (listed: QualifiedName) => Promise<void>,
  ): Promise<Undone> {
    const shapes = (await this.#openShapes()).filter(({ columns }) => only(columns));
    const proofs: SetBack[] = [];
    await copyToday(this.#connection, this.#unit, [this.#sameRow()]);
    let changes = 0;
    for (let before = -1; before !== changes;) {
      before = changes;
      for (const shape of shapes) {
        const listed = await this.#list(shape);
        if (listed === 0) continue;
        await beforeEach(this.#undo);
        proofs.push(await this.#setBack(shape));
        changes += listed;
      }
    }
    return { changes, proofs };
  }

  /**
   * Changes that were not taken back: no row is as the migration had left it, since somebody changed or
   * removed it, or its old values reference what stays in the archive.
   */
  async leftOver(): Promise<{ readonly rows: number; readonly condition: Sql }> {
    const condition = this.#open();
    const { rows } = await queryOne<{ rows: number }>(
      this.#connection,
      sql`select count(*)::float8 as rows from ${this.#unit.kept} as hygiene_kept where ${condition}`,
    );
    return { rows, condition };
  }

  get #undo(): QualifiedName {
    return new QualifiedName('pg_temp', `hygiene_undo_${String(this.#unit.position)}`);
  }

  get #done(): QualifiedName {
    return new QualifiedName('pg_temp', `hygiene_undone_${String(this.#unit.position)}`);
  }

  /** The first time it also makes the work tables, and passes over changes of columns that the table has lost. */
  async #openShapes(): Promise<readonly Shape[]> {
    if (this.#shapes !== null) return this.#shapes;
    await this.#createTables();
    const all = await this.#readShapes();
    if (all.some(({ columns }) => columns.length === 0)) throw withoutHashes(this.#unit);
    this.#isOneForm = all.length === 1;
    const lost = all.filter((shape) => this.#divided(shape).set.length === 0);
    for (const shape of lost) {
      await this.#connection.query(sql`
        insert into ${this.#done}
        select hygiene_kept.ctid from ${this.#unit.kept} as hygiene_kept where ${this.#isOfForm(shape)}
      `);
    }
    this.#shapes = all.filter((shape) => !lost.includes(shape));
    return this.#shapes;
  }

  #isOfForm({ columns }: Shape): Sql {
    return this.#isOneForm
      ? rawSql('true')
      : sql`array(select jsonb_object_keys(${AFTER}) order by 1) = ${columns}::text[]`;
  }

  async #createTables(): Promise<void> {
    const { table, kept } = this.#unit;
    await this.#connection.query(sql`analyze ${kept}`);
    await createCopyOfToday(this.#connection, this.#unit);
    await this.#connection.query(sql`
      create temp table ${rawSql(quoteIdentifier(this.#undo.name))} on commit drop as
      select null::tid as place, ${identityColumns(rowIdentity(table), NOW)}
        from ${table.name} as hygiene_now
        with no data
    `);
    await this.#connection.query(sql`
      create temp table ${rawSql(quoteIdentifier(this.#done.name))} (place tid) on commit drop
    `);
  }

  async #readShapes(): Promise<readonly Shape[]> {
    const { rows } = await this.#connection.query<Shape>(sql`
      select to_json(columns) as columns
        from (select array(select jsonb_object_keys(${AFTER}) order by 1) as columns, ${ORDER} as place
                from ${this.#unit.kept} as hygiene_kept) as changes
       group by columns
       order by max(place) desc
    `);
    return rows;
  }

  /** Fills the list with the rows that can be set back, each with the last change that fits. */
  async #list(shape: Shape): Promise<number> {
    await this.#connection.query(sql`truncate ${this.#undo}`);
    const condition = sql`${this.#isOfForm(shape)} and ${this.#open()} and ${notSkipped(this.#unit, this.#skipping)}`;
    const { rowCount } = await this.#connection.query(
      this.#hasKey() ? this.#listByKey(shape, condition) : this.#listByContent(shape, condition),
    );
    return rowCount;
  }

  #open(): Sql {
    return sql`not exists (select from ${this.#done} as hygiene_done where hygiene_done.place = hygiene_kept.ctid)`;
  }

  #hasKey(): boolean {
    const { table } = this.#unit;
    const known = new Set(this.#unit.columns.map(({ name }) => name));
    const { columns } = rowIdentity(table);
    return table.key !== null && columns.every((name) => known.has(name));
  }

  /** A row of a cluster is only looked for by its key: without one nothing there is changed. */
  #sameRow(): Sql {
    const { columns, table } = this.#unit;
    const key = rowIdentity(table).columns;
    return sameValues(columns.filter(({ name }) => key.includes(name)));
  }

  #listByKey(shape: Shape, condition: Sql): Sql {
    const identity = rowIdentity(this.#unit.table);
    const { set, others } = this.#divided(shape);
    const key = others.filter(({ name }) => identity.columns.includes(name));
    const found = [...(key.length === 0 ? [] : [sameValues(key)]), ...set.map(asItWasLeft)];
    const columns = joinSql(identity.expressions(NOW), ', ');
    return sql`
      insert into ${this.#undo}
      select distinct on (${columns}) hygiene_kept.ctid, ${columns}
        from ${this.#unit.kept} as hygiene_kept
        join ${this.#unit.now} as hygiene_now on ${joinSql(found, ' and ')}
       where ${condition}
       order by ${columns}, ${ORDER} desc
    `;
  }

  /** Rows of the same content are worth the same: the first of those wanted is matched with the first of those found. */
  #listByContent(shape: Shape, condition: Sql): Sql {
    const { set, others } = this.#divided(shape);
    const kept = [archivedHash(others), ...set.map(hashLeft)];
    const now = [rowHash(others, NOW), ...set.map((column) => hashNow(column))];
    const names = kept.map((_, at) => sql`${new ColumnName(`hash_${String(at)}`)}`);
    const named = (hashes: readonly Sql[]): Sql =>
      joinSql(
        hashes.map((hash, at) => sql`${hash} as ${names[at] ?? rawSql('')}`),
        ', ',
      );
    const all = joinSql(names, ', ');
    return sql`
      with wanted as (
        select place, ${all}, row_number() over (partition by ${all} order by turn desc) as number
          from (select hygiene_kept.ctid as place, ${ORDER} as turn, ${named(kept)}
                  from ${this.#unit.kept} as hygiene_kept
                 where ${condition}) as hashed
      ), found as (
        select *, row_number() over (partition by ${all}) as number
          from (select hygiene_now.tableoid as hygiene_tableoid, hygiene_now.ctid as hygiene_ctid, ${named(now)}
                  from ${this.#unit.table.name} as hygiene_now) as hashed
      )
      insert into ${this.#undo}
      select place, hygiene_tableoid, hygiene_ctid from wanted join found using (number, ${all})
    `;
  }

  async #setBack(shape: Shape): Promise<SetBack> {
    const { set } = this.#divided(shape);
    const proofs = await setBack(this.#connection, this.#unit, { set, listed: this.#undo });
    await this.#connection.query(sql`insert into ${this.#done} select place from ${this.#undo}`);
    return proofs;
  }

  /** The columns that the change has set, and the others; those that the table has lost are in neither. */
  #divided(shape: Shape): { set: readonly SharedColumn[]; others: readonly SharedColumn[] } {
    const { columns } = this.#unit;
    return {
      set: columns.filter(({ name }) => shape.columns.includes(name)),
      others: columns.filter(({ name }) => !shape.columns.includes(name)),
    };
  }
}
