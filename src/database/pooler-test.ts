import { sql } from '../kernel/sql.ts';
import { type Connection, queryOne } from './connection.ts';

/**
 * `session`: each connection has a server process of its own, as without a pooler. `transaction`: it
 * may get another one for each transaction. `statement`: for each statement, so that nothing holds
 * statements together. `unknown`: a second connection was not to be had in time.
 */
export type PoolerMode = 'session' | 'transaction' | 'statement' | 'unknown';

const ROUNDS = 4;

/**
 * Tells a pooler by what it does: two connections that are open at once, and take turns, are given one
 * process, or one of them is given several.
 * @param second opens one more connection to the same place
 * @param patience resolves when there has been waiting enough; ends early when the signal aborts
 */
export async function testPooler(
  first: Connection,
  second: () => Promise<Connection>,
  patience: (signal: AbortSignal) => Promise<void>,
): Promise<PoolerMode> {
  if (!(await allowsTransactions(first))) return 'statement';
  const answered = new AbortController();
  const opening = second();
  const turns = opening
    .then((connection) => takeTurns(first, connection))
    .catch((): PoolerMode => 'unknown');
  const tooLate = patience(answered.signal).then(
    (): PoolerMode => 'unknown',
    (): PoolerMode => 'unknown',
  );
  const mode = await Promise.race([turns, tooLate]);
  answered.abort();
  const closing = opening.then(
    (connection) => connection.close(),
    () => undefined,
  );
  // One that does not come is closed when it comes.
  if (mode !== 'unknown') await closing;
  return mode;
}

async function allowsTransactions(connection: Connection): Promise<boolean> {
  try {
    await connection.query(sql`begin`);
    await connection.query(sql`rollback`);
    return true;
  } catch {
    return false;
  }
}

async function takeTurns(first: Connection, second: Connection): Promise<PoolerMode> {
  const pids: [Set<number>, Set<number>] = [new Set(), new Set()];
  for (let round = 0; round < ROUNDS; round += 1) {
    pids[0].add(await processOf(first));
    pids[1].add(await processOf(second));
  }
  const isShared = [...pids[0]].some((pid) => pids[1].has(pid));
  const isChanging = pids[0].size > 1 || pids[1].size > 1;
  return isShared || isChanging ? 'transaction' : 'session';
}

async function processOf(connection: Connection): Promise<number> {
  const { pid } = await queryOne<{ pid: number }>(connection, sql`select pg_backend_pid() as pid`);
  return pid;
}
