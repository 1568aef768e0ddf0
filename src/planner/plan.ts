import type { OnDelete, Table } from '../catalog/model.ts';
import type { Closure, ClosureEdge, EdgeAction } from './closure.ts';
import type { Strategy, StrategyChoice, StrategyOption, Window } from './strategy.ts';

type WarningKind =
  | 'unindexed'
  | 'not validated'
  | 'no foreign key'
  | 'no rows'
  | 'no archive'
  | 'guard'
  | 'trigger'
  | 'rule'
  | 'no key'
  | 'cluster';

/** Something worth knowing before the purge runs; nothing that stops it. */
export interface PlanWarning {
  readonly kind: WarningKind;
  readonly table: string;
  readonly message: string;
  /** The statement that would remedy it, ready to be run. */
  readonly sql: string | null;
}

/**
 * The strongest lock that a table gets; the first two let others read, and write other rows, the third
 * lets them read.
 */
type TableLock = 'ROW EXCLUSIVE' | 'ROW SHARE' | 'SHARE ROW EXCLUSIVE' | 'ACCESS EXCLUSIVE';

export interface PlannedTable {
  /** As people read it: `users`, `billing.invoices`. */
  readonly table: string;
  /** Rows that will be removed. */
  readonly doomed: number;
  /** Rows that will be changed and stay. */
  readonly changed: number;
  /** Rows before; null where nobody counted them. */
  readonly total: number | null;
  readonly survivors: number | null;
  readonly lock: TableLock;
  /** Doomed rows are locked FOR UPDATE before their dependents are looked up. */
  readonly locksRows: boolean;
}

export interface PlannedEdge {
  readonly constraint: string;
  readonly child: string;
  readonly parent: string;
  readonly action: EdgeAction;
  readonly onDelete: OnDelete;
  /** Rows that this edge adds to the purge, changes, or (undeclared) would leave dangling. */
  readonly rows: number;
  readonly indexed: boolean;
}

/** What one purge step will do, with exact counts. Data only: it is printed, compared and stored. */
export interface PurgePlan {
  /** The table of the purge's own row set. */
  readonly root: string;
  readonly tables: readonly PlannedTable[];
  readonly edges: readonly PlannedEdge[];
  /** Rows of the root for which the predicate is NULL: they stay. */
  readonly nullPredicateRows: number;
  /** Groups of tables in the order of removal; a group is one statement. */
  readonly order: readonly (readonly string[])[];
  readonly strategy: Strategy;
  /** Each strategy with its price, and why it is not possible where it is not. */
  readonly options: readonly StrategyOption[];
  /** Tables that are emptied and get their survivors back. */
  readonly rewritten: readonly string[];
  /** Foreign keys that are switched off and on again. */
  readonly detached: readonly string[];
  /** Milliseconds, roughly, for the chosen strategy. */
  readonly estimatedMs: number;
  readonly warnings: readonly PlanWarning[];
  /** Of what will happen, so without statistics, totals, time and warnings. */
  readonly digest: string;
}

/** What the executor counted; a table or edge that is missing has no rows. */
export interface PlanCounts {
  readonly doomed: ReadonlyMap<Table, number>;
  readonly totals?: ReadonlyMap<Table, number>;
  /** Rows of tables that nobody counted, by their size. */
  readonly estimates?: ReadonlyMap<Table, number>;
  readonly edges: ReadonlyMap<ClosureEdge, number>;
  /** Rows that stay but lose references, however many each of them loses. */
  readonly changed?: ReadonlyMap<Table, number>;
  readonly nullPredicateRows: number;
}

export interface PlanInput {
  readonly closure: Closure;
  readonly counts: PlanCounts;
  readonly window: Window;
  readonly choice: StrategyChoice;
  /** Options of the purge step that the plan warns about. */
  readonly archive: boolean;
  readonly guard: boolean;
  /** Tables from which earlier steps of the same plan take rows. */
  readonly earlier: readonly Table[];
}
