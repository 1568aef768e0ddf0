import type { Catalog, Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import { isOnlyReferenced, restoreEdges, restoreOrder } from '../planner/restore-order.ts';
import { countProtected } from './protected-rows.ts';
import type { ProtectedSet } from './protected-set.ts';
import { putBack } from './put-back.ts';
import { countSkipped, firstKeys, listExisting, listOrphans } from './restore-conflicts.ts';
import { differs } from './restore-errors.ts';
import { MutationRestore } from './restore-mutations.ts';
import { archivedProof, notSkipped, type Proof } from './restore-sql.ts';
import type { ArchivedTable, RestoreUnit } from './restore-units.ts';
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

/** Takes back what one stage of a migration has done, when all later stages are taken back. */
export class StageRestoration {
  /** At work. */
  current: readonly RestoreUnit[] = [];
  readonly #scope: RestoreScope;
  readonly #units: readonly RestoreUnit[];
  readonly #done = new Map<RestoreUnit, number>();
  readonly #changes = new Map<RestoreUnit, MutationRestore>();
  /** Whether anything is in the way, so that it has to be passed over. */
  #isSkipping = false;

  constructor(scope: RestoreScope, units: readonly RestoreUnit[]) {
    this.#scope = scope;
    this.#units = units;
  }

  /** @param later what went back before; it may be that some of it stays in the archive */
  async run(later: readonly StageRestoration[]): Promise<readonly RestoredTable[]> {
    const { connection, catalog, skipExisting } = this.#scope;
    if (skipExisting) await this.#findWhatIsThere(later);
    for (const unit of this.#units.filter(({ kind }) => kind === 'mutations')) {
      this.#changes.set(unit, new MutationRestore(connection, unit, this.#isSkipping));
    }
    for (const group of restoreOrder(this.#units, restoreEdges(catalog, this.#units))) {
      await this.#goBack(group);
    }
    const results: RestoredTable[] = [];
    for (const unit of this.#units) results.push(await this.#result(unit));
    return results;
  }

  async #findWhatIsThere(later: readonly StageRestoration[]): Promise<void> {
    const { connection, catalog } = this.#scope;
    for (const { kept } of this.#units) await connection.query(sql`analyze ${kept}`);
    const conflicts = await listExisting(connection, this.#units);
    const isAnyStaying = conflicts.length > 0 || later.some((stage) => stage.#isSkipping);
    if (!isAnyStaying) return;
    const restored = later.flatMap((stage) => stage.#units);
    await listOrphans(connection, catalog, { units: this.#units, restored });
    this.#isSkipping = true;
  }

  async #goBack(group: readonly RestoreUnit[]): Promise<void> {
    const { catalog } = this.#scope;
    const rows = group.filter(({ kind }) => kind === 'rows');
    const changed = group.filter(({ kind }) => kind === 'mutations');
    for (const unit of changed) {
      await this.#undo(unit, (columns) => isOnlyReferenced(catalog, unit.table, columns));
    }
    if (rows.length > 0) await this.#insert(rows);
    for (const unit of changed) await this.#undo(unit, () => true);
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

  async #undo(unit: RestoreUnit, only: (columns: readonly string[]) => boolean): Promise<void> {
    const { catalog, progress } = this.#scope;
    const restore = this.#changes.get(unit);
    if (restore === undefined) return;
    this.current = [unit];
    progress(unit.table.name.toString());
    const undone = await restore.run(only, (listed) => this.#assertUnprotected(unit, listed));
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

  async #result(unit: RestoreUnit): Promise<RestoredTable> {
    const { table, kind, rows, lost, columns } = unit;
    const converted = columns
      .filter(({ convertedFrom }) => convertedFrom !== null)
      .map(({ name }) => name);
    const restored = this.#done.get(unit) ?? 0;
    return {
      table,
      kind,
      archived: rows,
      restored,
      lost,
      converted,
      ...(await this.#skipped(unit)),
    };
  }

  /** Rows that were in the way of archived ones, and changes whose rows are no more as they were left. */
  async #skipped(unit: RestoreUnit): Promise<Pick<RestoredTable, 'skipped' | 'skippedKeys'>> {
    const { connection } = this.#scope;
    const { rows: skipped, condition } =
      (await this.#changes.get(unit)?.leftOver()) ?? (await this.#inTheWay(unit));
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
