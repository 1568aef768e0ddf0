import type { Connection } from '../database/connection.ts';
import type { Clock } from '../kernel/ports.ts';
import { rawSql, type Sql, sql } from '../kernel/sql.ts';
import { afterBatch, type SizeRules, startPace } from '../planner/batch-size.ts';
import type { ListRange } from './frozen-list.ts';
import type { WorkTable } from './selection-sql.ts';

/** By how many statements a batch selects, archives and removes rows. */
export interface Statements {
  /** The ranges by which a range of the frozen list is selected. */
  ranges(range: ListRange): readonly ListRange[];
  /**
   * Runs a statement for the rows of a work table.
   * @param run is given what stands after FROM, the work table or a part of it; resolves to rows done
   * @returns rows done in all
   */
  forEach(work: WorkTable, run: (list: Sql) => Promise<number>): Promise<number>;
}

export const oneStatement: Statements = {
  ranges: (range) => [range],
  forEach: ({ name }, run) => run(sql`${name}`),
};

const rules: SizeRules = { first: 50, targetMs: 1, least: 20 };
/** Selecting takes a fraction of what removing does. */
const SELECTED = 500;
/** Listed rows between two places where a work table may be cut. */
const GRAIN = 10;
/** After so much work in statements it rests: the shortest sleep, which takes a sixth of the rate. */
const WORK_MS = 5;
const REST_MS = 1;

/**
 * A session that works without a break keeps its core from all others for a turn of the scheduler, which
 * is several milliseconds. Between two statements it waits for the next one, and they go first; a rest now
 * and then lets those go that had to wait behind each other.
 */
export class ShortStatements implements Statements {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #cuts = new Map<WorkTable, readonly string[]>();
  #workedMs = 0;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  ranges({ from, to }: ListRange): readonly ListRange[] {
    const ranges: ListRange[] = [];
    for (let at = from; at < to; at += SELECTED) {
      ranges.push({ from: at, to: Math.min(to, at + SELECTED) });
    }
    return ranges;
  }

  async forEach(work: WorkTable, run: (list: Sql) => Promise<number>): Promise<number> {
    // A cluster joins a table with a list of its own making, and locks whole tables anyway.
    if (work.table.citus !== null) return oneStatement.forEach(work, run);
    const cuts = await this.#cutsOf(work);
    let done = 0;
    let pace = startPace(rules.first);
    for (let at = 0; at < cuts.length;) {
      const next = at + Math.max(1, Math.round(pace.size / GRAIN));
      const startedAt = this.#clock.monotonicMs();
      done += await run(between(work, cuts[at], cuts[next]));
      const ms = this.#clock.monotonicMs() - startedAt;
      pace = afterBatch(pace, { rows: (next - at) * GRAIN, ms }, rules);
      at = next;
      await this.#restAfter(ms);
    }
    return done;
  }

  async #restAfter(ms: number): Promise<void> {
    this.#workedMs += ms;
    if (this.#workedMs < WORK_MS) return;
    this.#workedMs = 0;
    await this.#clock.sleep(REST_MS);
  }

  /** Places in a work table that does not change any more. */
  async #cutsOf(work: WorkTable): Promise<readonly string[]> {
    const known = this.#cuts.get(work);
    if (known !== undefined) return known;
    const { rows } = await this.#connection.query<{ place: string }>(sql`
      select place::text as place
        from (select ctid as place, row_number() over (order by ctid) as n from ${work.name}) as numbered
       where (n - 1) % ${GRAIN}::bigint = 0
       order by n
    `);
    const cuts = rows.map(({ place }) => place);
    this.#cuts.set(work, cuts);
    return cuts;
  }
}

function between({ name }: WorkTable, from: string | undefined, until: string | undefined): Sql {
  const end = until === undefined ? rawSql('') : sql`and ctid < ${until}::tid`;
  return sql`(select * from ${name} where ctid >= ${from}::tid ${end})`;
}
