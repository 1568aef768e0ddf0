import { purge, type PurgeOptions, scrub, type ScrubOptions } from '../authoring/steps.ts';
import { Archive, type ArchivePlace } from '../archive/archive.ts';
import type { Catalog } from '../catalog/model.ts';
import { findTable, tableByOid } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { withAuthorDatabase } from '../executor/author-database.ts';
import { runScript, runStatement } from '../executor/free-form.ts';
import type { ProtectedSet } from '../executor/protected-rows.ts';
import { carryOutPurge, type PurgeScope } from '../executor/purge.ts';
import type { Removal, TableTally } from '../executor/removal.ts';
import { carryOutScrub } from '../executor/scrub.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import type { Logger } from '../kernel/ports.ts';
import type { PurgePlan } from '../planner/plan.ts';
import type { RowSet, Step } from '../planner/steps.ts';
import type { ExpectedChange } from '../policy/changes.ts';
import type { RunnableMigration } from './runnable.ts';
import { SerialQueue } from './serial-queue.ts';

/** What one step did, for people and for the ledger. */
export interface StepReport {
  readonly label: string;
  readonly plan: PurgePlan | null;
  readonly removed: number;
  readonly changed: number;
}

/** What all steps did to one table. */
export interface TableReport {
  readonly table: string;
  readonly planned: number;
  readonly archived: number;
  readonly removed: number;
  readonly changed: number;
  readonly strategy: 'delete';
}

export interface StepScope {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly role: string;
  readonly protectedSets: readonly ProtectedSet[];
  readonly logger: Logger;
  readonly place: ArchivePlace;
}

/** Carries out the `up` of one migration and keeps count. */
export class StepRunner {
  readonly reports: StepReport[] = [];
  readonly archive: Archive;
  readonly #scope: StepScope;
  readonly #tables = new Map<
    string,
    { readonly name: QualifiedName; readonly report: TableReport }
  >();

  constructor(scope: StepScope) {
    this.#scope = scope;
    this.archive = new Archive(scope.connection, scope.place);
  }

  async run({ up }: RunnableMigration): Promise<void> {
    const { connection, logger } = this.#scope;
    if (up.kind === 'steps') {
      for (const step of up.steps) await this.#runStep(step);
      return;
    }
    if (up.kind === 'script') {
      await runScript(connection, up.text);
      this.reports.push({ label: 'SQL script', plan: null, removed: 0, changed: 0 });
      return;
    }
    const queue = new SerialQueue();
    await withAuthorDatabase(connection, async (db) => {
      await up.run({
        db,
        purge: (rows: RowSet, options?: PurgeOptions) =>
          queue.add(() => this.#runStep(purge(rows, options))),
        scrub: (rows: RowSet, options: ScrubOptions) =>
          queue.add(() => this.#runStep(scrub(rows, options))),
        log: (message: string) => {
          logger.info({}, message);
        },
      });
      await queue.drained();
    });
  }

  get tables(): readonly TableReport[] {
    return [...this.#tables.values()].map(({ report }) => report);
  }

  /** What the counters should say, by the root of each partition tree. */
  expectedChanges(): ReadonlyMap<string, ExpectedChange> {
    const expected = new Map<string, ExpectedChange>();
    for (const { name, report } of this.#tables.values()) {
      const root = this.#rootOf(name);
      const before = expected.get(root) ?? { deleted: 0, updated: 0 };
      expected.set(root, {
        deleted: before.deleted + report.removed,
        updated: before.updated + report.changed,
      });
    }
    return expected;
  }

  get rowsRemoved(): number {
    return this.tables.reduce((sum, { removed }) => sum + removed, 0);
  }

  get rowsChanged(): number {
    return this.tables.reduce((sum, { changed }) => sum + changed, 0);
  }

  /** @returns rows removed or changed */
  async #runStep(step: Step): Promise<number> {
    if (step.kind === 'sql') {
      await runStatement(this.#scope.connection, step.statement);
      this.reports.push({ label: 'SQL statement', plan: null, removed: 0, changed: 0 });
      return 0;
    }
    const scope = this.#purgeScope();
    if (step.kind === 'purge') {
      const { label, removal, plan } = await carryOutPurge(scope, step, this.archive);
      return this.#keep(label, removal, plan).removed;
    }
    const { label, removal } = await carryOutScrub(scope, step, this.archive);
    return this.#keep(label, removal, null).changed;
  }

  #purgeScope(): PurgeScope {
    const { connection, catalog, role, protectedSets } = this.#scope;
    const prefix = `s${String(this.reports.length + 1)}`;
    return { connection, catalog, role, protectedSets, prefix, lock: true, earlier: [] };
  }

  #keep(label: string, removal: Removal, plan: PurgePlan | null): StepReport {
    let removed = 0;
    let changed = 0;
    for (const tally of removal.tallies.values()) {
      removed += tally.removed;
      changed += tally.changed;
      this.#add(tally);
    }
    const report = { label, plan, removed, changed };
    this.reports.push(report);
    return report;
  }

  #add({ table: name, ...tally }: TableTally): void {
    const before = this.#tables.get(name.quoted)?.report;
    const report: TableReport = {
      table: name.toString(),
      planned: (before?.planned ?? 0) + tally.planned,
      archived: (before?.archived ?? 0) + tally.archived,
      removed: (before?.removed ?? 0) + tally.removed,
      changed: (before?.changed ?? 0) + tally.changed,
      strategy: 'delete',
    };
    this.#tables.set(name.quoted, { name, report });
  }

  #rootOf(name: QualifiedName): string {
    const { catalog } = this.#scope;
    const table = findTable(catalog, name.schema, name.name);
    return (table === null ? name : tableByOid(catalog, table.root).name).toString();
  }
}
