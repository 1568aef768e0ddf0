import type { Connection } from '../database/connection.ts';
import type { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import { asRunError } from './failures.ts';

/** In a savepoint, so that one step with a broken predicate does not hide the others. */
export async function careful<T>(
  connection: Connection,
  id: string,
  work: () => Promise<T>,
): Promise<T | HygieneError> {
  await connection.query(rawSql('savepoint hygiene_plan'));
  try {
    const result = await work();
    await connection.query(rawSql('release savepoint hygiene_plan'));
    return result;
  } catch (error) {
    if (connection.isLost()) throw error;
    await connection.query(rawSql('rollback to savepoint hygiene_plan'));
    return asRunError(error, id);
  }
}
