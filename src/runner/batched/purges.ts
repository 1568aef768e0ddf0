import { introspect } from '../../catalog/introspect.ts';
import type { Catalog } from '../../catalog/model.ts';
import { type Connection, queryOne } from '../../database/connection.ts';
import type { BatchedPurge } from '../../executor/batch.ts';
import { frozenList, frozenListName } from '../../executor/frozen-list.ts';
import { resolvePurge } from '../../executor/prepare-purge.ts';
import { splitLeaves } from '../../executor/leaves.ts';
import type { ProtectedSet } from '../../executor/protected-set.ts';
import { sql } from '../../kernel/sql.ts';
import { removalOrder } from '../../planner/order.ts';
import type { Engine } from '../engine.ts';
import { resolveProtectedSets } from '../protected-sets.ts';
import { declaredPurges } from '../runnable.ts';
import type { BatchUnit } from './batch-unit.ts';

/** The database as a run finds it, read once: a table that changes meanwhile shows in the counters. */
export interface BatchScene {
  readonly catalog: Catalog;
  readonly role: string;
  readonly protectedSets: readonly ProtectedSet[];
}

/**
 * Listing and proving read whole tables. On one core they take longer, and leave the others to the
 * application. Until the end of the transaction.
 */
export async function useOneCore(connection: Connection): Promise<void> {
  await connection.query(sql`
    select set_config('max_parallel_workers_per_gather', '0', true),
           set_config('max_parallel_maintenance_workers', '0', true)
  `);
}

/** In the caller's transaction, where its search_path is in force. */
export async function readScene(engine: Engine, connection: Connection): Promise<BatchScene> {
  const { schema, archiveSchema } = engine.names;
  const catalog = await introspect(connection, { excludeSchemas: [schema, archiveSchema] });
  const { role } = await queryOne<{ role: string }>(
    connection,
    sql`select current_user::text as role`,
  );
  return { catalog, role, protectedSets: resolveProtectedSets(catalog, engine.settings.protect) };
}

/** The purges of the migration in this database, each with the name of its list. */
export function batchedPurges(unit: BatchUnit, scene: BatchScene): readonly BatchedPurge[] {
  const { context, migration, generation } = unit;
  const { archiveSchema } = context.engine.names;
  return declaredPurges(migration).map((step, at) => {
    const { label, closure } = resolvePurge(scene, step);
    const split = splitLeaves(scene.catalog, closure, scene.protectedSets);
    const place = { migrationId: migration.id, generation, step: at };
    return {
      step,
      label,
      closure,
      split,
      order: removalOrder(split.inner),
      list: frozenList(frozenListName(archiveSchema, place), closure),
    };
  });
}

/** The same purge with every row listed. */
export function withoutLeaves(purge: BatchedPurge): BatchedPurge {
  const split = { inner: purge.closure, leaves: [] };
  return { ...purge, split, order: removalOrder(purge.closure) };
}
