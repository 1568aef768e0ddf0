import type { Table } from '../catalog/model.ts';
import { HygieneError } from '../kernel/errors.ts';
import { inCluster } from '../planner/cluster.ts';
import type { RemovalGroup } from '../planner/order.ts';
import type { Window } from '../planner/strategy.ts';

/** What cannot be done with tables that Citus spreads over a cluster. @see docs/adr/0016-citus.md */

/**
 * Whether the rows of these tables can be listed and removed there.
 * @param groups what loses rows by one statement
 * @returns HYG_REFUSED_CLUSTER, or null
 */
export function checkClusterRows(
  step: string,
  {
    tables,
    groups,
  }: { readonly tables: readonly Table[]; readonly groups: readonly RemovalGroup[] },
): HygieneError | null {
  const keyless = inCluster(tables).find(({ key }) => key === null);
  if (keyless !== undefined) {
    const name = keyless.name.toString();
    return refusal(
      `${step}: ${name} has no primary key, and rows that are spread over a cluster cannot be told apart by their place.`,
      `Give it one that begins with its distribution column: alter table ${keyless.name.quoted} add primary key (…);`,
      name,
    );
  }
  const circle = groups.find(
    (group) => group.tables.length > 1 && inCluster(group.tables).length > 0,
  );
  if (circle === undefined) return null;
  const names = circle.tables.map(({ name }) => name.toString()).join(', ');
  return refusal(
    `${step}: ${names} reference each other in a circle, and a cluster checks foreign keys after each of its statements.`,
    'Break the circle first: a scrub step of an earlier migration can set one of the references to NULL.',
    names,
  );
}

/**
 * Whether archived rows can be found again among those of today.
 * @param columns that the archive and the table share
 */
export function checkClusterArchive(
  { name, key, citus }: Table,
  columns: readonly string[],
): HygieneError | null {
  const missing = (key ?? ['a primary key']).filter((column) => !columns.includes(column));
  if (citus === null || missing.length === 0) return null;
  const table = name.toString();
  return refusal(
    `Archived rows of ${table} cannot be told from those of today: its archive lacks ${missing.join(', ')}, and a place is none where rows are spread over a cluster.`,
    `Give ${table} the primary key back that it had, or put the rows back by hand: docs/authoring.md`,
    table,
  );
}

/** Rows do not move between shards, and are known again by their key. */
export function checkClusterColumns(
  step: string,
  { name, key, citus }: Table,
  columns: readonly string[],
): HygieneError | null {
  if (citus === null) return null;
  const kept = [...(key ?? []), ...(citus.column === null ? [] : [citus.column])];
  const column = columns.find((each) => kept.includes(each));
  if (column === undefined) return null;
  const table = name.toString();
  return refusal(
    `${step}: ${column} is in the key of ${table}, by which rows that are spread over a cluster are found again.`,
    `Take ${column} out of the scrub.`,
    table,
  );
}

/** Whether a migration may run with these tables of a cluster. */
export function checkClusterRun(
  id: string,
  run: {
    readonly tables: readonly Table[];
    /** What fires there when rows go or change, as `name on table`. */
    readonly triggers: readonly string[];
    readonly isBatched: boolean;
    readonly isFreeForm: boolean;
    readonly window: Window;
  },
): HygieneError | null {
  const [first] = run.tables;
  if (first === undefined) return null;
  const table = first.name.toString();
  const [trigger] = run.triggers;
  if (run.isBatched && trigger !== undefined) {
    return refusal(
      `${id} is in batches, and the trigger ${trigger} may write what nobody counts: to count the rows of a cluster for each batch would take longer than the batch.`,
      "Let it be one transaction (transaction: 'single'), which counts once before and once after.",
      table,
    );
  }
  if (!run.isFreeForm || run.window === 'maintenance') return null;
  return refusal(
    `${id} has statements of its own, and ${table} is spread over a cluster: what they insert shows only by counting tables that nobody else writes to.`,
    'Stop the application and run it in the window: --maintenance. Or write it as purge and scrub steps.',
    table,
  );
}

function refusal(message: string, hint: string, table: string): HygieneError {
  return new HygieneError('HYG_REFUSED_CLUSTER', { message, hint, details: { table } });
}
