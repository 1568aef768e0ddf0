import { purge, rows } from '../../../src/authoring/steps.ts';
import { sql } from '../../../src/kernel/sql.ts';
import type { Step } from '../../../src/planner/steps.ts';
import type { RunnableMigration } from '../../../src/runner/runnable.ts';
import type { SuiteDatabase } from '../../support/database.ts';
import { PropertyBench } from '../property-bench.ts';
import { CHAIN_LENGTH, type Event } from './chain-model.ts';

type Database = Pick<SuiteDatabase, 'query' | 'execute' | 'url'>;

/** A database with a lot of rows for each migration of a chain, and the chain. */
export class ChainWorld {
  readonly #database: Database;
  readonly #bench: PropertyBench;
  readonly #chain: readonly RunnableMigration[];

  private constructor(
    database: Database,
    bench: PropertyBench,
    chain: readonly RunnableMigration[],
  ) {
    this.#database = database;
    this.#bench = bench;
    this.#chain = chain;
  }

  /** Starts from nothing: no ledger, no migration applied. */
  static async create(database: Database): Promise<ChainWorld> {
    await database.execute(`
      drop schema if exists hygiene cascade; drop schema if exists hygiene_archive cascade;
      drop schema if exists chain cascade; create schema chain;
      create table chain.items (lot integer not null, item integer not null, primary key (lot, item));
      insert into chain.items select lot, item
        from generate_series(0, ${CHAIN_LENGTH - 1}) lot, generate_series(0, lot) item;
      create table chain.broken (lot integer primary key);
      ${Array.from({ length: CHAIN_LENGTH }, (_, at) => createRequired(at)).join('\n')}
    `);
    const bench = await PropertyBench.open(database, ['chain']);
    const chain = Array.from({ length: CHAIN_LENGTH }, (_, at) => migration(bench.nextId(), at));
    return new ChainWorld(database, bench, chain);
  }

  /** @param files how many of the migrations a deploy brings */
  async happen(event: Event, files: number): Promise<void> {
    switch (event.kind) {
      case 'file':
        return;
      case 'break':
        await this.#database.query('insert into chain.broken values ($1) on conflict do nothing', [
          event.at,
        ]);
        return;
      case 'mend':
        await this.#database.query('delete from chain.broken where lot = $1', [event.at]);
        return;
      case 'drop':
        await this.#database.execute(`drop table if exists chain.required_${event.at}`);
        return;
      case 'create':
        await this.#database.execute(createRequired(event.at));
        return;
      case 'up':
        await this.#bench.up(this.#chain.slice(0, files));
    }
  }

  /** By migration: the rows of its lot that are left. */
  async rowsLeft(): Promise<readonly number[]> {
    const counts = await this.#database.query<{ rows: number }>(
      `select count(item)::int as rows
         from generate_series(0, ${CHAIN_LENGTH - 1}) lot left join chain.items using (lot)
        group by lot order by lot`,
    );
    return counts.map((each) => each.rows);
  }

  /** By migration: its events in their order. */
  async events(): Promise<readonly (readonly string[])[]> {
    const [installed] = await this.#database.query<{ yes: boolean }>(
      "select to_regclass('hygiene.ledger') is not null as yes",
    );
    const found =
      installed?.yes === true
        ? await this.#database.query<{ id: string; event: string }>(
            'select migration_id as id, event from hygiene.ledger order by seq',
          )
        : [];
    return this.#chain.map(({ id }) =>
      found.filter((each) => each.id === id).map(({ event }) => event),
    );
  }

  /** Null before the first `up`, which makes the ledger. */
  async isLedgerIntact(): Promise<boolean | null> {
    const [installed] = await this.#database.query<{ yes: boolean }>(
      "select to_regclass('hygiene.ledger') is not null as yes",
    );
    if (installed?.yes !== true) return null;
    const [chain] = await this.#database.query<{ ok: boolean }>(
      'select ok from hygiene.verify_ledger()',
    );
    return chain?.ok ?? false;
  }

  close(): Promise<void> {
    return this.#bench.close();
  }
}

function createRequired(at: number): string {
  return `create table if not exists chain.required_${at} ();`;
}

function migration(id: string, at: number): RunnableMigration {
  const lot = rows('items', sql`lot = ${at}`);
  return {
    id,
    checksum: `sha256:${id}`,
    description: `Remove the items of lot ${at}`,
    ticket: null,
    environments: null,
    requires: [`required_${at}`],
    irreversible: 'The last step of some is plain SQL',
    budget: { max: 100 },
    transaction: 'single',
    up: { kind: 'steps', steps: stepsOf(at) },
    verify: async ({ expect }) => {
      await expect.none(lot);
      // Every other one fails here, after the work; the others in the middle of it.
      if (at % 2 === 0) await expect.none(rows('broken', sql`lot = ${at}`));
    },
  };
}

function stepsOf(at: number): readonly Step[] {
  const lot = purge(rows('items', sql`lot = ${at}`));
  const failing = sql`select 1 / (lot - lot) from broken where lot = ${at}`;
  return at % 2 === 0 ? [lot] : [lot, { kind: 'sql', statement: failing }];
}
