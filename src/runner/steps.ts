import { purge, type PurgeOptions, scrub, type ScrubOptions } from '../authoring/steps.ts';
import { Archive, type ArchivePlace } from '../archive/archive.ts';
import type { Catalog } from '../catalog/model.ts';
import { findTable, tableByOid } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { withAuthorDatabase } from '../executor/author-database.ts';
import { runScript, runStatement } from '../executor/free-form.ts';
import type { ProtectedSet } from '../executor/protected-set.ts';
import { carryOutPurge } from '../executor/purge.ts';
import type { PurgeScope } from '../executor/prepare-purge.ts';
import type { Removal, TableTally } from '../executor/removal.ts';
import { carryOutScrub } from '../executor/scrub.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import type { Logger } from '../kernel/ports.ts';
import { sql } from '../kernel/sql.ts';
import type { PurgePlan } from '../planner/plan.ts';
import { stagesOf } from '../planner/stages.ts';
import type { RowSet, Step } from '../planner/steps.ts';
import type { Strategy, Window } from '../planner/strategy.ts';
import { type ExpectedChange, NO_CHANGE } from '../policy/changes.ts';
import { collectGuard, type WantedGuard } from './guards/wanted-guards.ts';
import { isFreeForm, type RunnableMigration } from './runnable.ts';
import { SerialQueue } from './serial-queue.ts';
import type { WorkProgress } from './work-progress.ts';
import type { StepReport, TableReport } from './evidence.ts';

export interface StepScope {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly role: string;
  readonly protectedSets: readonly ProtectedSet[];
  readonly logger: Logger;
  readonly place: ArchivePlace;
  readonly staged: boolean;
  readonly progress: WorkProgress;
  readonly window: Window;
  readonly strategy: Strategy | null;
  readonly settle: () => Promise<void>;
}

/** Carries out the `up` of one migration and keeps count. */
export class StepRunner {
  readonly reports: StepReport[] = [];
  /** Judged before anything is removed. */
  readonly guards: WantedGuard[] = [];
  readonly archive: Archive;
  readonly #scope: StepScope;
  #isFreeForm = false;
  /** The steps that were done, as the transaction should remember them too. */
  #done = '';
  readonly #expected = new Map<string, ExpectedChange>();
  readonly #tables = new Map<
    string,
    { readonly name: QualifiedName; readonly report: TableReport }
  >();

  constructor(scope: StepScope) {
    this.#scope = scope;
    this.archive = new Archive(scope.connection, scope.place);
  }

  async run(migration: RunnableMigration): Promise<void> {
    const { connection, logger } = this.#scope;
    const { up } = migration;
    this.#isFreeForm = isFreeForm(migration);
    if (up.kind === 'steps') {
      const stages = this.#scope.staged ? stagesOf(up.steps) : [];
      for (const [at, step] of up.steps.entries()) {
        this.archive.beginStage(stages[at] ?? 1);
        await this.#runStep(step);
      }
      return;
    }
    if (up.kind === 'script') {
      this.#scope.progress.at('removing');
      await runScript(connection, up.text);
      this.reports.push({ label: 'SQL script', plan: null, removed: 0, changed: 0 });
      return;
    }
    const queue = new SerialQueue();
    try {
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
    } finally {
      await queue.close();
    }
  }

  /**
   * A savepoint of the author's can take back a step that is counted as done.
   * @throws HygieneError HYG_RUN_TRANSACTION_CONTROL
   */
  async assertKept(): Promise<void> {
    const { kept } = await queryOne<{ kept: string }>(
      this.#scope.connection,
      sql`select coalesce(current_setting('hygiene.steps_done', true), '') as kept`,
    );
    if (kept === this.#done) return;
    throw new HygieneError('HYG_RUN_TRANSACTION_CONTROL', {
      message: 'The migration took back a purge or scrub of its own by ROLLBACK TO SAVEPOINT.',
      hint: 'Decide before the step whether it shall run: what is recorded as removed must be removed.',
    });
  }

  get tables(): readonly TableReport[] {
    return [...this.#tables.values()].map(({ report }) => report);
  }

  /** What the counters should say, by the root of each partition tree. */
  expectedChanges(): ReadonlyMap<string, ExpectedChange> {
    return this.#expected;
  }

  get rowsRemoved(): number {
    return this.tables.reduce((sum, { removed }) => sum + removed, 0);
  }

  /** Rows that went with their table: no counter has seen them go. */
  get rowsRewritten(): number {
    return this.tables
      .filter(({ strategy }) => strategy === 'rewrite')
      .reduce((sum, { removed }) => sum + removed, 0);
  }

  get rowsChanged(): number {
    return this.tables.reduce((sum, { changed }) => sum + changed, 0);
  }

  /** @returns rows removed or changed */
  async #runStep(step: Step): Promise<number> {
    const { progress } = this.#scope;
    progress.beginStep();
    if (step.kind === 'sql') {
      progress.at('removing');
      await runStatement(this.#scope.connection, step.statement);
      this.reports.push({ label: 'SQL statement', plan: null, removed: 0, changed: 0 });
      return 0;
    }
    const scope = this.#purgeScope();
    if (step.kind === 'purge') {
      await collectGuard(this.#scope, step, this.guards);
      const { label, removal, plan } = await carryOutPurge(scope, step, this.archive);
      return (await this.#keep(label, removal, plan)).removed;
    }
    const { label, removal } = await carryOutScrub(scope, step, this.archive);
    return (await this.#keep(label, removal, null)).changed;
  }

  /** A setting of the transaction goes with a savepoint, as the step does. */
  async #markDone(): Promise<void> {
    if (!this.#isFreeForm) return;
    this.#done += `,${String(this.reports.length)}`;
    await this.#scope.connection.query(sql`
      select set_config('hygiene.steps_done',
                        coalesce(current_setting('hygiene.steps_done', true), '')
                          || ${`,${String(this.reports.length)}`}::text, true)
    `);
  }

  #purgeScope(): PurgeScope {
    const { connection, catalog, role, protectedSets, window, strategy, settle } = this.#scope;
    return {
      connection,
      catalog,
      role,
      protectedSets,
      window,
      strategy,
      settle,
      prefix: `s${String(this.reports.length + 1)}`,
      lock: true,
      earlier: [],
      spread: false,
      isFreeForm: this.#isFreeForm,
      observe: this.#scope.progress.observe,
    };
  }

  async #keep(label: string, removal: Removal, plan: PurgePlan | null): Promise<StepReport> {
    let removed = 0;
    let changed = 0;
    for (const tally of removal.tallies.values()) {
      removed += tally.removed;
      changed += tally.changed;
      this.#add(tally);
      this.#expect(tally);
    }
    const report = { label, plan, removed, changed };
    this.reports.push(report);
    await this.#markDone();
    return report;
  }

  /** A table that is emptied loses what the counters have seen so far. */
  #expect({ table, removed, changed, reinserted }: TableTally): void {
    const root = this.#rootOf(table);
    const before = this.#expected.get(root) ?? NO_CHANGE;
    this.#expected.set(
      root,
      reinserted === null
        ? { ...before, deleted: before.deleted + removed, updated: before.updated + changed }
        : { deleted: 0, updated: changed, reinserted },
    );
  }

  #add({ table: name, ...tally }: TableTally): void {
    const before = this.#tables.get(name.quoted)?.report;
    const report: TableReport = {
      table: name.toString(),
      planned: (before?.planned ?? 0) + tally.planned,
      archived: (before?.archived ?? 0) + tally.archived,
      removed: (before?.removed ?? 0) + tally.removed,
      changed: (before?.changed ?? 0) + tally.changed,
      strategy: tally.strategy,
    };
    this.#tables.set(name.quoted, { name, report });
  }

  #rootOf(name: QualifiedName): string {
    const { catalog } = this.#scope;
    const table = findTable(catalog, name.schema, name.name);
    return (table === null ? name : tableByOid(catalog, table.root).name).toString();
  }
}
