import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import { assertRights } from './access-facts.ts';
import { KEYS_SHOWN } from './restore-conflicts.ts';
import { asRestoreError, conflictError } from './restore-errors.ts';
import { bringHere } from './restore-in-cluster.ts';
import { type RestoredTable, type RestoreScope, StageRestoration } from './restore-stage.ts';
import { type RestoreUnit, restoreUnits } from './restore-units.ts';

/**
 * Puts back what an application has archived, in the caller's transaction: stages one by one, the last
 * first, and of each stage rows and old values, parents first. By count and hash, what went back is what
 * the archive holds. The number of statements depends on the tables, not on the rows.
 * @returns by table and kind
 * @throws HygieneError HYG_REFUSED_PRIVILEGES, HYG_REFUSED_RESTORE_CONFLICT, HYG_REFUSED_RESTORE_PARENT,
 *   HYG_REFUSED_RESTORE_SCHEMA, HYG_REFUSED_PROTECTED, HYG_RUN_RESTORE_DIFFERS; the caller rolls back
 */
export async function restoreRows(scope: RestoreScope): Promise<readonly RestoredTable[]> {
  const { connection, catalog } = scope;
  const found = await restoreUnits(connection, catalog, scope.archives);
  await assertRights(
    connection,
    found.map(({ table, kind }) => ({ table, rights: RESTORING[kind] })),
  );
  const units = await bringHere(connection, found);
  const stages = lastFirst(units).map((each) => new StageRestoration(scope, each));
  const done: StageRestoration[] = [];
  const restored: RestoredTable[] = [];
  await connection.query(rawSql('savepoint hygiene_restore'));
  try {
    for (const stage of stages) {
      restored.push(...(await stage.run(done)));
      done.push(stage);
    }
    await connection.query(rawSql('set constraints all immediate'));
    await connection.query(rawSql('set constraints all deferred'));
    await connection.query(rawSql('release savepoint hygiene_restore'));
  } catch (error) {
    if (error instanceof HygieneError || connection.isLost()) throw error;
    await connection.query(rawSql('rollback to savepoint hygiene_restore'));
    const current = stages[done.length]?.current ?? units;
    throw await asRestoreError(error, { ...scope, units, current });
  }
  const tables = byTable(restored);
  assertSettled(scope, tables);
  return tables;
}

const RESTORING = { rows: ['select', 'insert'], mutations: ['select', 'update'] } as const;

function lastFirst(units: readonly RestoreUnit[]): readonly (readonly RestoreUnit[])[] {
  const stages = [...new Set(units.map(({ stage }) => stage))].sort((a, b) => b - a);
  return stages.map((stage) => units.filter((unit) => unit.stage === stage));
}

/** People ask what became of a table, however many stages had to do with it. */
function byTable(restored: readonly RestoredTable[]): readonly RestoredTable[] {
  const tables = new Map<string, RestoredTable>();
  for (const each of restored) {
    const place = `${each.kind} ${each.table.name.quoted}`;
    const before = tables.get(place);
    tables.set(place, before === undefined ? each : together(before, each));
  }
  return [...tables.values()];
}

function together(first: RestoredTable, second: RestoredTable): RestoredTable {
  return {
    ...first,
    archived: first.archived + second.archived,
    restored: first.restored + second.restored,
    skipped: first.skipped + second.skipped,
    skippedKeys: [...first.skippedKeys, ...second.skippedKeys].slice(0, KEYS_SHOWN),
  };
}

/** A change that could not be taken back was overtaken by somebody: whether that shall stay, a person says. */
function assertSettled(
  { migrationId, skipExisting }: RestoreScope,
  tables: readonly RestoredTable[],
): void {
  const unsettled = tables.filter(({ kind, skipped }) => kind === 'mutations' && skipped > 0);
  if (unsettled.length === 0 || skipExisting) return;
  throw conflictError(
    migrationId,
    unsettled.map(({ table, skipped, skippedKeys }) => ({
      ...{ table: table.name.toString(), rows: skipped, keys: skippedKeys },
      reason: 'changed',
    })),
  );
}
