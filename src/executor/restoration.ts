import type { Catalog, Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import { rawSql, type Sql, sql } from '../kernel/sql.ts';
import { restoreEdges, restoreOrder } from '../planner/restore-order.ts';
import { assertRights } from './access-facts.ts';
import { countProtected } from './protected-rows.ts';
import type { ProtectedSet } from './protected-set.ts';
import { countSkipped, firstKeys, listExisting, listOrphans } from './restore-conflicts.ts';
import { asRestoreError, conflictError, differs } from './restore-errors.ts';
import { MutationRestore, type Undone } from './restore-mutations.ts';
import { putBack } from './put-back.ts';
import { bringHere } from './restore-in-cluster.ts';
import { archivedProof, notSkipped, type Proof } from './restore-sql.ts';
import { type ArchivedTable, type RestoreUnit, restoreUnits } from './restore-units.ts';
import { isListedIn } from './selection-sql.ts';

export interface RestoreScope {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly migrationId: string;
  readonly protectedSets: readonly ProtectedSet[];
  readonly archives: readonly ArchivedTable[];
  /** True: what is in the way of archived rows stays, and those rows stay in the archive. */
  readonly skipExisting: boolean;
  /** Told before each table. */
  readonly progress: (table: string) => void;
}

/** What became of the rows of one archive table. */
export interface RestoredTable {
  readonly table: Table;
  readonly kind: RestoreUnit['kind'];
  readonly archived: number;
  /** Rows that were put back, or changes of rows that were taken back. */
  readonly restored: number;
  readonly skipped: number;
  /** Keys of the first that were skipped. */
  readonly skippedKeys: readonly string[];
  readonly lost: RestoreUnit['lost'];
  readonly converted: readonly string[];
}

/**
 * Puts back what an application has archived, in the caller's transaction: rows, parents first, then what
 * it had changed in rows that stayed. By count and hash, what went back is what the archive holds. The
 * number of statements depends on the tables, not on the rows.
 * @throws HygieneError HYG_REFUSED_PRIVILEGES, HYG_REFUSED_RESTORE_CONFLICT, HYG_REFUSED_RESTORE_PARENT,
 *   HYG_REFUSED_RESTORE_SCHEMA, HYG_REFUSED_PROTECTED, HYG_RUN_RESTORE_DIFFERS; the caller rolls back
 */
export async function restoreRows(scope: RestoreScope): Promise<readonly RestoredTable[]> {
  const { connection, catalog } = scope;
  const found = await restoreUnits(connection, catalog, scope.archives);
  await assertRights(
    connection,
    found.map(({ table, kind }) => ({ table, rights: RESTORING[kind] })),
  );
  const units = await bringHere(connection, found);
  const restoration = new RowRestoration(scope, units);
  await connection.query(rawSql('savepoint hygiene_restore'));
  try {
    const restored = await restoration.run();
    await connection.query(rawSql('release savepoint hygiene_restore'));
    return restored;
  } catch (error) {
    if (error instanceof HygieneError || connection.isLost()) throw error;
    await connection.query(rawSql('rollback to savepoint hygiene_restore'));
    const { current } = restoration;
    throw await asRestoreError(error, { ...scope, units, current });
  }
}

const RESTORING = { rows: ['select', 'insert'], mutations: ['select', 'update'] } as const;

class RowRestoration {
  /** At work. */
  current: readonly RestoreUnit[] = [];
  readonly #scope: RestoreScope;
  readonly #units: readonly RestoreUnit[];
  readonly #done = new Map<RestoreUnit, number>();
  /** Whether anything is in the way, so that it has to be passed over. */
  #isSkipping = false;

  constructor(scope: RestoreScope, units: readonly RestoreUnit[]) {
    this.#scope = scope;
    this.#units = units;
  }

  async run(): Promise<readonly RestoredTable[]> {
    const { connection, catalog, skipExisting } = this.#scope;
    if (skipExisting) await this.#findWhatIsThere();
    const rows = this.#units.filter(({ kind }) => kind === 'rows');
    const changed = this.#units
      .filter(({ kind }) => kind === 'mutations')
      .map((unit) => ({ unit, restore: new MutationRestore(connection, unit, this.#isSkipping) }));
    for (const each of changed) {
      await this.#undo(each, (columns) => isOnlyReferenced(catalog, each.unit.table, columns));
    }
    for (const group of restoreOrder(rows, restoreEdges(catalog, rows))) await this.#insert(group);
    for (const each of changed) await this.#undo(each, () => true);
    this.current = this.#units;
    await connection.query(rawSql('set constraints all immediate'));
    await connection.query(rawSql('set constraints all deferred'));
    return this.#results(changed);
  }

  async #findWhatIsThere(): Promise<void> {
    const { connection, catalog } = this.#scope;
    for (const { kept } of this.#units) await connection.query(sql`analyze ${kept}`);
    const conflicts = await listExisting(connection, this.#units);
    if (conflicts.length === 0) return;
    await listOrphans(connection, catalog, this.#units);
    this.#isSkipping = true;
  }

  async #insert(group: readonly RestoreUnit[]): Promise<void> {
    const { connection, catalog, progress } = this.#scope;
    this.current = group;
    progress(group.map(({ table }) => table.name.toString()).join(', '));
    const put = await putBack(connection, group, this.#isSkipping);
    for (const [unit, restored] of put) {
      const archived = await queryOne<Proof>(connection, archivedProof(unit, this.#isSkipping));
      if (!this.#isSkipping && archived.rows !== unit.rows)
        throw archiveChanged(unit, archived.rows);
      if (!isSame(archived, restored)) throw differs(catalog, unit, { archived, restored });
      this.#done.set(unit, restored.rows);
    }
  }

  async #undo(
    { unit, restore }: ChangedUnit,
    only: (columns: readonly string[]) => boolean,
  ): Promise<void> {
    const { catalog, progress } = this.#scope;
    this.current = [unit];
    progress(unit.table.name.toString());
    const undone: Undone = await restore.run(only, (listed) =>
      this.#assertUnprotected(unit, listed),
    );
    for (const proof of undone.proofs) {
      if (!isSame(proof.archived, proof.restored)) throw differs(catalog, unit, proof);
    }
    this.#done.set(unit, (this.#done.get(unit) ?? 0) + undone.changes);
  }

  /** Rows that go back add something; a change of a row that the config protects needs a person. */
  async #assertUnprotected({ table }: RestoreUnit, listed: QualifiedName): Promise<void> {
    const { connection, protectedSets, migrationId } = this.#scope;
    for (const set of protectedSets.filter((each) => each.table.root === table.root)) {
      const rows = await countProtected(connection, set, (seenFrom) =>
        isListedIn({ name: listed, table, referenced: [] }, seenFrom),
      );
      if (rows === 0) continue;
      throw new HygieneError('HYG_REFUSED_PROTECTED', {
        message: `The restore of ${migrationId} would change ${counted(rows, 'protected row')} of ${table.name.toString()} (${set.label}).`,
        hint: 'They came under protection after the migration. Take the set out of hygiene/config (protect) for the restore, if they shall get their old values.',
        details: { table: table.name.toString(), set: set.label, rows },
      });
    }
  }

  async #results(changed: readonly ChangedUnit[]): Promise<readonly RestoredTable[]> {
    const { skipExisting, migrationId } = this.#scope;
    const results: RestoredTable[] = [];
    for (const unit of this.#units) {
      const restore = changed.find((each) => each.unit === unit)?.restore ?? null;
      results.push({
        ...resultOf(unit, this.#done.get(unit) ?? 0),
        ...(await this.#skipped(unit, restore)),
      });
    }
    const unsettled = results.filter(({ kind, skipped }) => kind === 'mutations' && skipped > 0);
    if (unsettled.length === 0 || skipExisting) return results;
    throw conflictError(
      migrationId,
      unsettled.map(({ table, skipped, skippedKeys }) => ({
        ...{ table: table.name.toString(), rows: skipped, keys: skippedKeys },
        reason: 'changed',
      })),
    );
  }

  /** Rows that were in the way of archived ones, and changes whose rows are no more as they were left. */
  async #skipped(
    unit: RestoreUnit,
    restore: MutationRestore | null,
  ): Promise<Pick<RestoredTable, 'skipped' | 'skippedKeys'>> {
    const { connection } = this.#scope;
    const { rows: skipped, condition } =
      (await restore?.leftOver()) ?? (await this.#inTheWay(unit));
    if (skipped === 0) return { skipped, skippedKeys: [] };
    return { skipped, skippedKeys: await firstKeys(connection, unit, condition) };
  }

  async #inTheWay(unit: RestoreUnit): Promise<LeftOver> {
    const rows = this.#isSkipping ? await countSkipped(this.#scope.connection, unit) : 0;
    return { rows, condition: sql`not (${notSkipped(unit, this.#isSkipping)})` };
  }
}

interface LeftOver {
  readonly rows: number;
  readonly condition: Sql;
}

interface ChangedUnit {
  readonly unit: RestoreUnit;
  readonly restore: MutationRestore;
}

function resultOf(
  { table, kind, rows, lost, columns }: RestoreUnit,
  restored: number,
): Omit<RestoredTable, 'skipped' | 'skippedKeys'> {
  const converted = columns
    .filter(({ convertedFrom }) => convertedFrom !== null)
    .map(({ name }) => name);
  return { table, kind, archived: rows, restored, lost, converted };
}

/** Rows that go back may reference a value that the migration had changed: that comes first then. */
function isOnlyReferenced(
  { foreignKeys }: Catalog,
  { oid, root }: Table,
  columns: readonly string[],
): boolean {
  const isOurs = (table: number): boolean => table === oid || table === root;
  const uses = (names: readonly string[]): boolean => names.some((name) => columns.includes(name));
  return (
    foreignKeys.some(({ parent, parentColumns }) => isOurs(parent) && uses(parentColumns)) &&
    !foreignKeys.some(({ child, childColumns }) => isOurs(child) && uses(childColumns))
  );
}

function isSame(first: Proof, second: Proof): boolean {
  return first.rows === second.rows && first.hash === second.hash;
}

function archiveChanged(unit: RestoreUnit, rows: number): HygieneError {
  return new HygieneError('HYG_REFUSED_NOT_RESTORABLE', {
    message: `${unit.archive.toString()} holds ${counted(rows, 'row')}, but ${counted(unit.rows, 'row')} were archived. Nothing was changed.`,
    hint: 'Somebody changed the archive. Look into it before anything is put back; a backup may have it whole.',
    details: { archive: unit.archive.toString(), rows, archived: unit.rows },
  });
}
