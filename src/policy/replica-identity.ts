import type { Catalog, Table } from '../catalog/model.ts';
import { unreplicableParts } from '../catalog/partitions.ts';
import { HygieneError } from '../kernel/errors.ts';
import { fewLines } from './few-lines.ts';

/**
 * A publication sends which rows go or change, by their replica identity. PostgreSQL refuses what it could
 * not send, and that may show only in a late batch. An identity given to a partitioned table does not reach
 * its partitions, so these are named.
 * @returns HYG_REFUSED_REPLICA_IDENTITY, or null
 */
export function checkReplicaIdentity(
  catalog: Catalog,
  changes: readonly { readonly table: Table; readonly change: 'delete' | 'update' }[],
): HygieneError | null {
  const refused = changes.flatMap(({ table, change }) =>
    unreplicableParts(catalog, table, change).map((part) => ({ part, change })),
  );
  const [first] = refused;
  if (first === undefined) return null;
  const names = [...new Set(refused.map(({ part }) => part.name.toString()))];
  const many = names.length > 1 ? ` (${String(names.length)} tables)` : '';
  const remedies = names.map((name) => `alter table ${name} replica identity full;`);
  return new HygieneError('HYG_REFUSED_REPLICA_IDENTITY', {
    message: `${first.part.name.toString()} is published and has no replica identity: PostgreSQL refuses to ${first.change} its rows${many}.`,
    hint: [
      ...fewLines(remedies, 9, (more) => `… and ${String(more)} more tables`),
      'Or give it a primary key, or take it out of the publication.',
    ].join('\n'),
    details: { tables: names },
  });
}
