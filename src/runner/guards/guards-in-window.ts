import type { Connection } from '../../database/connection.ts';
import { hasSqlstate, sqlstate } from '../../database/sqlstate.ts';
import { addGuard, proveGuard } from '../../guard/put-guard.ts';
import { rawSql } from '../../kernel/sql.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { Guard } from '../../planner/guard.ts';
import type { EventContext } from '../events.ts';
import type { RunnableMigration } from '../runnable.ts';
import { guardEvent } from './guard-transaction.ts';
import { leftOver } from './wanted-guards.ts';

/**
 * Adds and proves guards in the transaction of the purge, which holds the tables anyhow. Where the role
 * does not own a table its guard stays pending.
 * @throws HygieneError HYG_GUARD_VIOLATED
 */
export async function addGuardsInWindow(
  context: EventContext,
  connection: Connection,
  unit: {
    readonly migration: RunnableMigration;
    readonly generation: number;
    readonly guards: readonly Guard[];
  },
): Promise<void> {
  const { migration, generation, guards } = unit;
  const { id, checksum } = migration;
  const ledger = new Ledger(connection, context.engine.names);
  for (const guard of guards) {
    if (!(await addedAndProven(connection, guard, id))) continue;
    const subject = { record: { id, checksum, generation }, guard };
    await ledger.advance('started', guardEvent(context, 'guard_added', subject));
    await ledger.advance('started', guardEvent(context, 'guard_validated', subject));
  }
}

async function addedAndProven(
  connection: Connection,
  guard: Guard,
  migrationId: string,
): Promise<boolean> {
  await connection.query(rawSql('savepoint hygiene_guard_in_window'));
  try {
    await addGuard(connection, guard, migrationId);
  } catch (error) {
    if (!hasSqlstate(error, sqlstate.insufficientPrivilege)) throw error;
    await connection.query(rawSql('rollback to savepoint hygiene_guard_in_window'));
    return false;
  }
  const rows = await proveGuard(connection, guard);
  if (rows > 0) throw leftOver(guard, rows);
  return true;
}
