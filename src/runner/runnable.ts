import type { VerifyContext } from '../authoring/define-hygiene.ts';
import type { Up } from '../authoring/validate-definition.ts';
import { rawSql } from '../kernel/sql.ts';
import type { Budget, PurgeStep } from '../planner/steps.ts';
import type { LoadedMigration } from './load.ts';

/** One migration in the form the runner works with, whether it came as a module or as an SQL pair. */
export interface RunnableMigration {
  readonly id: string;
  readonly checksum: string;
  readonly description: string;
  readonly ticket: string | null;
  /** Null: all environments. */
  readonly environments: readonly string[] | null;
  readonly requires: readonly string[];
  /** Why it cannot be undone, or null when it can. */
  readonly irreversible: string | null;
  /** Bounds `sql` steps, the function form and SQL pairs. */
  readonly budget: Budget;
  readonly up: Up | { readonly kind: 'script'; readonly text: string };
  readonly verify: (context: VerifyContext) => Promise<void>;
  readonly transaction: 'single' | 'batched';
}

export function toRunnable(loaded: LoadedMigration, checksum: string): RunnableMigration {
  const { id } = loaded;
  if (loaded.sqlPair === null) {
    const { verify, ...definition } = loaded.definition;
    return { id, checksum, ...definition, verify: async (context) => verify(context) };
  }
  const { up, verify: statements, ...header } = loaded.sqlPair;
  return {
    id,
    checksum,
    ...header,
    up: { kind: 'script', text: up },
    transaction: 'single',
    verify: async ({ expect }) => {
      for (const [at, statement] of statements.entries()) {
        const label = `statement ${String(at + 1)} of ${id}.verify.sql returns no rows`;
        await expect.sql(rawSql(statement), { label, lasting: true });
      }
    },
  };
}

/** The purges that are declared; what a function removes is known only when it has run. */
export function declaredPurges(migration: RunnableMigration): readonly PurgeStep[] {
  return migration.up.kind === 'steps'
    ? migration.up.steps.filter((step) => step.kind === 'purge')
    : [];
}

/** Only statements of the author's own can do what no step has announced. */
export function isFreeForm({ up }: RunnableMigration): boolean {
  return up.kind !== 'steps' || up.steps.some((step) => step.kind === 'sql');
}
