import type { Catalog } from '../../catalog/model.ts';
import { resolveTable } from '../../catalog/resolve.ts';
import type { Connection } from '../../database/connection.ts';
import type { ProtectedSet } from '../../executor/protected-set.ts';
import { prepareGuard } from '../../guard/prepare-guard.ts';
import { countForbidden } from '../../guard/put-guard.ts';
import { counted } from '../../kernel/counts.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { outdatedLedger } from '../../ledger/ledger-errors.ts';
import type { Guard } from '../../planner/guard.ts';
import type { PurgeStep } from '../../planner/steps.ts';
import type { EventContext } from '../events.ts';
import { declaredPurges, type RunnableMigration } from '../runnable.ts';

export interface GuardScope {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly protectedSets: readonly ProtectedSet[];
  readonly place: { readonly migrationId: string };
}

/** A guard and whether it refuses other rows than the purge removes. */
export interface WantedGuard {
  readonly guard: Guard;
  readonly isOwnPredicate: boolean;
}

/**
 * The guard that a purge asks for, made and judged in this database; null where it asks for none.
 * @param position from 1, among the guards of the migration
 * @throws HygieneError HYG_REFUSED_GUARD, HYG_PLAN_BAD_PREDICATE
 */
async function wantedGuard(
  { connection, catalog, protectedSets, place }: GuardScope,
  { guard: request, rows }: PurgeStep,
  position: number,
): Promise<WantedGuard | null> {
  if (request === null) return null;
  const table = resolveTable(catalog, rows.table);
  const { searchPath } = catalog;
  const guard = await prepareGuard(connection, {
    ...{
      migrationId: place.migrationId,
      position,
      table,
      rows,
      request,
      protectedSets,
      searchPath,
    },
  });
  return { guard, isOwnPredicate: request.predicate !== null };
}

/** The guards of all declared purges. */
export async function declaredGuards(
  scope: GuardScope,
  migration: RunnableMigration,
): Promise<readonly WantedGuard[]> {
  const wanted: WantedGuard[] = [];
  for (const step of declaredPurges(migration)) await collectGuard(scope, step, wanted);
  return wanted;
}

/** Judges the guard of one purge and puts it to the others of the migration. */
export async function collectGuard(
  scope: GuardScope,
  step: PurgeStep,
  wanted: WantedGuard[],
): Promise<void> {
  const guard = await wantedGuard(scope, step, wanted.length + 1);
  if (guard !== null) wanted.push(guard);
}

/** @throws HygieneError HYG_LEDGER_OUTDATED where the ledger has no place for what the migration asks for */
export function assertLedgerKeepsGuards(
  { ledgerVersion }: Pick<EventContext, 'ledgerVersion'>,
  migration: RunnableMigration,
): void {
  const asks = declaredPurges(migration).some(({ guard }) => guard !== null);
  if (asks && ledgerVersion < 2) throw outdatedLedger('a seed guard');
}

/**
 * A guard with a predicate of its own may refuse rows that the purge leaves; then it could never be valid.
 * @throws HygieneError HYG_GUARD_VIOLATED
 */
export async function assertGuardsHold(
  connection: Connection,
  wanted: readonly WantedGuard[],
): Promise<void> {
  for (const { guard } of wanted.filter(({ isOwnPredicate }) => isOwnPredicate)) {
    const rows = await countForbidden(connection, guard);
    if (rows > 0) throw leftOver(guard, rows);
  }
}

export function leftOver(guard: Guard, rows: number): HygieneError {
  const table = guard.table.toString();
  return new HygieneError('HYG_GUARD_VIOLATED', {
    message: `${counted(rows, 'row')} of ${table} would stay that the seed guard refuses.`,
    hint: 'Nothing was kept. Make the guard fit what is purged, or purge what it refuses.',
    details: { guard: guard.name, table, rows },
  });
}
