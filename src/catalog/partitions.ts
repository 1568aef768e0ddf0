import { type Catalog, type Table, tableByOid, type Trigger, type TriggerEvent } from './model.ts';

/** The table and the partitioned tables it is a partition of, nearest first. */
export function withAncestors(catalog: Catalog, table: Table): readonly Table[] {
  const line = [table];
  for (let above = table.partitionOf; above !== null;) {
    const parent = tableByOid(catalog, above);
    line.push(parent);
    above = parent.partitionOf;
  }
  return line;
}

/** The table and its partitions, at all levels. */
function withPartitions(catalog: Catalog, table: Table): readonly Table[] {
  const below = table.partitions.flatMap((oid) =>
    withPartitions(catalog, tableByOid(catalog, oid)),
  );
  return [table, ...below];
}

/**
 * Where PostgreSQL refuses to delete or change rows of the table, since they are published and nothing tells
 * them apart: the table itself, or partitions of it, as a partitioned table holds no rows.
 */
export function unreplicableParts(
  catalog: Catalog,
  table: Table,
  change: 'update' | 'delete',
): readonly Table[] {
  return withPartitions(catalog, table).filter(
    (part) => part.kind !== 'partitioned' && part.unreplicable.includes(change),
  );
}

/** The tables that share rows with this one: itself, what it is a partition of, and its partitions. */
export function sharingRows(catalog: Catalog, table: Table): readonly Table[] {
  return [...withAncestors(catalog, table), ...withPartitions(catalog, table).slice(1)];
}

/** The enabled triggers that fire when rows of the table change, wherever in its partition tree they stand. */
export function firingTriggers(
  catalog: Catalog,
  table: Table,
  event: TriggerEvent,
): readonly { readonly table: Table; readonly trigger: Trigger }[] {
  return sharingRows(catalog, table).flatMap((owner) =>
    owner.triggers
      .filter((trigger) => trigger.events.includes(event))
      .filter((trigger) => trigger.enabled === 'origin' || trigger.enabled === 'always')
      // PostgreSQL fires statement triggers of the named table only.
      .filter((trigger) => trigger.level === 'row' || owner.oid === table.oid)
      .map((trigger) => ({ table: owner, trigger })),
  );
}
