import type { Table } from '../catalog/model.ts';
import { HygieneError } from '../kernel/errors.ts';
import { fewLines } from './few-lines.ts';

/**
 * A publication sends which rows go or change, by their replica identity. PostgreSQL refuses what it could
 * not send, and that may show only in a late batch.
 * @returns HYG_REFUSED_REPLICA_IDENTITY, or null
 */
export function checkReplicaIdentity(
  changes: readonly { readonly table: Table; readonly change: 'delete' | 'update' }[],
): HygieneError | null {
  const refused = changes.filter(({ table, change }) => table.unreplicable.includes(change));
  const [first] = refused;
  if (first === undefined) return null;
  const names = [...new Set(refused.map(({ table }) => table.name))];
  const many = names.length > 1 ? ` (${String(names.length)} tables)` : '';
  const remedies = names.map((name) => `alter table ${name.toString()} replica identity full;`);
  return new HygieneError('HYG_REFUSED_REPLICA_IDENTITY', {
    message: `${first.table.name.toString()} is published and has no replica identity: PostgreSQL refuses to ${first.change} its rows${many}.`,
    hint: [
      ...fewLines(remedies, 9, (more) => `… and ${String(more)} more tables`),
      'Or give it a primary key, or take it out of the publication.',
    ].join('\n'),
    details: { tables: names.map((name) => name.toString()) },
  });
}
