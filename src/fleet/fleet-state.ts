import { type Connection, queryOneOrNone } from '../database/connection.ts';
import { rawSql, sql } from '../kernel/sql.ts';
import type { TargetOutcome } from './outcome.ts';

/** Where a target of a queued run stands. */
export interface TargetState {
  readonly name: string;
  readonly wave: number;
  readonly status: 'done' | 'failed' | 'queued' | 'running' | 'stopped' | 'waiting';
  readonly attempts: number;
  readonly worker: string | null;
  readonly outcome: TargetOutcome | null;
}

export interface NewFleetRun {
  readonly run: string;
  readonly goOn: boolean;
  readonly waves: readonly (readonly string[])[];
}

const TABLES = `
  create schema if not exists hygiene_fleet;
  create table if not exists hygiene_fleet.runs (
    run        text        primary key,
    go_on      boolean     not null,
    created_at timestamptz not null default clock_timestamp()
  );
  create table if not exists hygiene_fleet.targets (
    run      text    not null references hygiene_fleet.runs,
    name     text    not null,
    wave     integer not null,
    status   text    not null default 'waiting'
      check (status in ('waiting', 'queued', 'running', 'done', 'failed', 'stopped')),
    attempts integer not null default 0,
    worker   text,
    outcome  jsonb,
    primary key (run, name)
  );
`;

/** Two that come at once would both find the tables missing. */
const LOCK = 'select pg_advisory_xact_lock(hashtextextended($$hygiene_fleet$$, 0));';

/** The state of queued runs, in the database of the queue. Names of targets only: no URL, no password. */
export class FleetState {
  readonly #connection: Connection;
  readonly #announced = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async prepare(): Promise<void> {
    await this.#connection.script(`begin; ${LOCK} ${TABLES} commit;`);
  }

  /**
   * Begins a run, or takes one up again: what is done stays done, and what was left waits once more.
   * @returns false: it was there already
   */
  async begin({ run, goOn, waves }: NewFleetRun): Promise<boolean> {
    const names = waves.flat();
    const numbers = waves.flatMap((wave, at) => wave.map(() => at));
    await this.#connection.query(rawSql('begin'));
    const { rowCount } = await this.#connection.query(sql`
      insert into hygiene_fleet.runs (run, go_on) values (${run}, ${goOn})
      on conflict (run) do nothing
    `);
    await this.#connection.query(sql`
      insert into hygiene_fleet.targets (run, name, wave)
      select ${run}, t.name, t.wave
        from unnest(${names}::text[], ${numbers}::int[]) as t (name, wave)
      on conflict (run, name) do update
         set wave = excluded.wave, status = 'waiting', worker = null
       where targets.status in ('failed', 'stopped')
    `);
    await this.#connection.query(rawSql('commit'));
    return rowCount === 1;
  }

  async goesOn(run: string): Promise<boolean | null> {
    const row = await queryOneOrNone<{ go_on: boolean }>(
      this.#connection,
      sql`select go_on from hygiene_fleet.runs where run = ${run}`,
    );
    return row?.go_on ?? null;
  }

  async newestRun(): Promise<string | null> {
    const row = await queryOneOrNone<{ run: string }>(
      this.#connection,
      sql`select run from hygiene_fleet.runs order by created_at desc limit 1`,
    );
    return row?.run ?? null;
  }

  async targets(run: string): Promise<readonly TargetState[]> {
    const { rows } = await this.#connection.query<TargetState>(sql`
      select name, wave, status, attempts, worker, outcome
        from hygiene_fleet.targets
       where run = ${run}
       order by wave, name
    `);
    return rows;
  }

  /**
   * Moves the next wave into the queue once the one before it has ended; after a failure the rest is
   * stopped, unless the run goes on. Whoever comes first does it.
   * @returns the names to be put into the queue
   */
  async advance(run: string): Promise<readonly string[]> {
    const { rows } = await this.#connection.query<{ name: string; status: string }>(sql`
      with locked as materialized (
        select r.run, r.go_on from hygiene_fleet.runs as r where r.run = ${run} for update
      ), standing as (
        select min(t.wave) filter (where t.status = 'waiting') as next,
               bool_or(t.status in ('queued', 'running')) as busy,
               bool_or(t.status = 'failed') as failed
          from hygiene_fleet.targets as t, locked as l
         where t.run = l.run
      )
      update hygiene_fleet.targets as t
         set status = case when s.failed and not l.go_on then 'stopped' else 'queued' end
        from standing as s, locked as l
       where t.run = l.run and t.status = 'waiting' and not s.busy
         and (t.wave = s.next or (s.failed and not l.go_on))
      returning t.name, t.status
    `);
    return rows.filter(({ status }) => status === 'queued').map(({ name }) => name);
  }

  /** @returns false: it was stopped, or is done: nothing is to be done with it */
  async claim(run: string, name: string, worker: string): Promise<boolean> {
    await this.#announce(worker);
    const { rows } = await this.#connection.query<{ status: string }>(sql`
      update hygiene_fleet.targets as t
         set status = case when f.stops then 'stopped' else 'running' end,
             attempts = t.attempts + 1, worker = ${worker}
        from (select bool_or(o.status = 'failed') and not bool_or(r.go_on) as stops
                from hygiene_fleet.targets as o join hygiene_fleet.runs as r on r.run = o.run
               where o.run = ${run}) as f
       where t.run = ${run} and t.name = ${name} and t.status in ('queued', 'running')
      returning t.status
    `);
    return rows[0]?.status === 'running';
  }

  async finish(run: string, name: string, outcome: TargetOutcome): Promise<void> {
    const status = outcome.state === 'failed' ? 'failed' : 'done';
    await this.#connection.query(sql`
      update hygiene_fleet.targets
         set status = ${status}, outcome = ${JSON.stringify(outcome)}::jsonb
       where run = ${run} and name = ${name}
    `);
  }

  /** As long as our session lives, the worker does. */
  async #announce(worker: string): Promise<void> {
    if (this.#announced.has(worker)) return;
    this.#announced.add(worker);
    await this.#connection.query(sql`
      select pg_advisory_lock(hashtextextended(${`hygiene_fleet ${worker}`}, 0))
    `);
  }

  /** Workers whose targets are under way although their session has ended. */
  async deadWorkers(run: string): Promise<readonly string[]> {
    const { rows } = await this.#connection.query<{ worker: string }>(sql`
      select distinct t.worker
        from hygiene_fleet.targets as t
        cross join lateral (select hashtextextended('hygiene_fleet ' || t.worker, 0) as key) as k
       where t.run = ${run} and t.status = 'running' and t.worker is not null
         and not exists (
           select from pg_locks as l
            where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
              and l.database = (select oid from pg_database where datname = current_database())
              and l.classid = ((k.key >> 32) & 4294967295)::oid
              and l.objid = (k.key & 4294967295)::oid
         )
    `);
    return rows.map(({ worker }) => worker);
  }
}
