import type { Connection } from '../database/connection.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { withRights } from './ledger-errors.ts';
import { type LedgerNames, progressTable } from './names.ts';
import {
  type BatchStatistics,
  type FrozenStep,
  type Progress,
  type ProgressRow,
  type Request,
  type StartProofs,
  type TableProgress,
  toProgress,
} from './progress-rows.ts';

/** A run that gave no sign of life for so long is taken for dead. */
const HEARTBEAT_STALE_MS = 30_000;

const columns = sql`
  p.migration_id, p.generation, p.token, p.run_id, p.backend_pid,
  (extract(epoch from clock_timestamp() - p.heartbeat) * 1000)::float8 as heartbeat_age_ms,
  exists (select from pg_stat_activity as a
           where a.pid = p.backend_pid and a.datname = current_database()) as backend_is_there,
  p.state, p.waiting_for, p.request, p.requested_by, p.request_reason, p.checksum,
  to_char(p.frozen_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as frozen_at,
  p.step, p.position, p.rows_done, p.rows_total, p.batch_size, p.steps, p.tables, p.statistics, p.proofs`;

export interface ProgressKey {
  readonly migrationId: string;
  readonly generation: number;
}

/** What a batch leaves behind, in its own transaction. */
export interface Checkpoint {
  readonly step: number;
  readonly position: number;
  readonly rowsDone: number;
  readonly batchSize: number;
  readonly tables: readonly TableProgress[];
  readonly statistics: BatchStatistics;
}

/** Somebody is at work on it: the server still has its process, and it was heard of lately. */
export function isAlive(progress: Progress): boolean {
  const { state, backendIsThere, heartbeatAgeMs } = progress;
  return state === 'running' && backendIsThere && heartbeatAgeMs < HEARTBEAT_STALE_MS;
}

/** Every migration that is applied in batches and not at its end. */
export async function allProgress(
  connection: Connection,
  names: LedgerNames,
): Promise<readonly Progress[]> {
  const all = sql`select ${columns} from ${progressTable(names)} as p order by p.migration_id, p.generation`;
  const { rows } = await withRights(names, 'reader', () => connection.query<ProgressRow>(all));
  return rows.map(toProgress);
}

/** The same where there may be no ledger, or one that is older than batches. */
export async function progressIfAny(
  connection: Connection,
  names: LedgerNames,
): Promise<readonly Progress[]> {
  const { quoted } = progressTable(names);
  const { rows } = await connection.query<{ there: boolean }>(
    sql`select to_regclass(${quoted}) is not null as there`,
  );
  return rows[0]?.there === true ? allProgress(connection, names) : [];
}

/** The row of one application. Nothing here begins or ends a transaction. */
export class ProgressStore {
  readonly #connection: Connection;
  readonly #names: LedgerNames;
  readonly key: ProgressKey;

  constructor(connection: Connection, names: LedgerNames, key: ProgressKey) {
    this.#connection = connection;
    this.#names = names;
    this.key = key;
  }

  /** As it was last committed; null where there is none. */
  read(): Promise<Progress | null> {
    return this.#one(rawSql(''));
  }

  /** Waits while a batch is at work, then keeps others from it until the transaction ends. */
  lock(): Promise<Progress | null> {
    return this.#one(sql`for update of p`);
  }

  /** @returns `busy` while another transaction holds the row: a batch is at work */
  async tryLock(): Promise<Progress | 'busy' | null> {
    const locked = await this.#one(sql`for update of p skip locked`);
    if (locked !== null) return locked;
    return (await this.read()) === null ? null : 'busy';
  }

  /** The run that calls it is the one at work from now on; whoever was before is shut out. */
  async takeOver(runId: string): Promise<void> {
    const { migrationId, generation } = this.key;
    await this.#query(sql`
      insert into ${progressTable(this.#names)} as p
        (migration_id, generation, token, run_id, backend_pid, heartbeat, state)
      values (${migrationId}, ${generation}, 1, ${runId}, pg_backend_pid(), clock_timestamp(), 'running')
      on conflict (migration_id, generation) do update
         set token = p.token + 1, run_id = excluded.run_id, backend_pid = excluded.backend_pid,
             heartbeat = excluded.heartbeat, state = excluded.state, waiting_for = null
    `);
  }

  async freeze(frozen: {
    readonly checksum: string;
    readonly steps: readonly FrozenStep[];
    readonly rowsTotal: number;
    readonly proofs: StartProofs;
  }): Promise<void> {
    await this.#set(sql`
      checksum = ${frozen.checksum}, frozen_at = now(), snapshot = pg_current_snapshot()::text,
      step = 0, position = 0, rows_total = ${frozen.rowsTotal}::bigint,
      steps = ${JSON.stringify(frozen.steps)}::text::jsonb,
      proofs = ${JSON.stringify(frozen.proofs)}::text::jsonb
    `);
  }

  async checkpoint(checkpoint: Checkpoint): Promise<void> {
    await this.#set(sql`
      step = ${checkpoint.step}::int, position = ${checkpoint.position}::bigint,
      rows_done = ${checkpoint.rowsDone}::bigint, batch_size = ${checkpoint.batchSize}::int,
      tables = ${JSON.stringify(checkpoint.tables)}::text::jsonb,
      statistics = ${JSON.stringify(checkpoint.statistics)}::text::jsonb, waiting_for = null
    `);
  }

  /**
   * A sign of life of the run with this token.
   * @returns what was asked of it; `superseded` when it is no longer the one at work
   */
  async heartbeat(
    token: number,
    waitingFor: string | null,
  ): Promise<Request | 'superseded' | null> {
    const rows = await this.#query(sql`
      update ${progressTable(this.#names)} as p
         set heartbeat = clock_timestamp(), backend_pid = pg_backend_pid(),
             waiting_for = ${waitingFor}::text
       where ${this.#isRow()} and p.token = ${token}::bigint
      returning p.request
    `);
    const [row] = rows;
    return row === undefined ? 'superseded' : row.request;
  }

  /** Nobody works on it any more. What was asked of the run is done. */
  async stop(statistics: BatchStatistics): Promise<void> {
    await this.#set(sql`
      state = 'stopped', waiting_for = null,
      request = case when request = 'pause' then request end,
      statistics = ${JSON.stringify(statistics)}::text::jsonb
    `);
  }

  /** The next run lists the rows anew; what was done stays counted. */
  async thaw(): Promise<void> {
    await this.#set(sql`frozen_at = null`);
  }

  async request(
    request: Request | null,
    asked: { readonly by: string; readonly reason: string | null },
  ): Promise<void> {
    const isAsked = request !== null;
    await this.#query(sql`
      update ${progressTable(this.#names)} as p
         set request = ${request}::text,
             requested_by = ${isAsked ? asked.by : null}::text,
             requested_at = case when ${isAsked}::bool then clock_timestamp() end,
             request_reason = ${isAsked ? asked.reason : null}::text
       where ${this.#isRow()}
    `);
  }

  async remove(): Promise<void> {
    await this.#query(sql`delete from ${progressTable(this.#names)} as p where ${this.#isRow()}`);
  }

  async #set(assignments: Sql): Promise<void> {
    const parts = [
      assignments,
      sql`heartbeat = clock_timestamp()`,
      sql`backend_pid = pg_backend_pid()`,
    ];
    await this.#query(sql`
      update ${progressTable(this.#names)} as p set ${joinSql(parts, ', ')} where ${this.#isRow()}
    `);
  }

  async #one(locking: Sql): Promise<Progress | null> {
    const rows = await this.#query(sql`
      select ${columns} from ${progressTable(this.#names)} as p where ${this.#isRow()} ${locking}
    `);
    return rows[0] === undefined ? null : toProgress(rows[0]);
  }

  #isRow(): Sql {
    const { migrationId, generation } = this.key;
    return sql`p.migration_id = ${migrationId} and p.generation = ${generation}::int`;
  }

  async #query(statement: Sql): Promise<readonly ProgressRow[]> {
    const { rows } = await withRights(this.#names, 'runner', () =>
      this.#connection.query<ProgressRow>(statement),
    );
    return rows;
  }
}
