import { CancellableConnection } from '../database/cancellable.ts';
import type { Connection } from '../database/connection.ts';
import { applySettings, BEGIN } from '../database/settings.ts';
import { databaseErrorFacts } from '../database/sqlstate.ts';
import {
  analyzeTable,
  type AutovacuumOff,
  readTableSpace,
  readTouchedTables,
  readVacuumBlockers,
  type TableSpace,
  type TouchedTable,
  type VacuumBlocker,
} from '../executor/table-space.ts';
import { rawSql } from '../kernel/sql.ts';
import { ledgerTable } from '../ledger/names.ts';
import type { Strategy } from '../planner/strategy.ts';
import { type Engine, transactionSettings } from './engine.ts';

/** What a purge left behind on disk, by table. */
export interface SpaceReport {
  /** The largest first. */
  readonly tables: readonly TableLeftover[];
  readonly blockers: readonly VacuumBlocker[];
  /** What could not be done, with what to do about it. */
  readonly notes: readonly string[];
}

export interface TableLeftover {
  readonly table: string;
  readonly analyzed: boolean;
  readonly tableBytes: number;
  readonly indexBytes: number;
  /** About how much of it is versions of rows that were removed or changed; 0 after a rewrite. */
  readonly deadBytes: number;
  readonly rewritten: boolean;
  readonly autovacuumOff: AutovacuumOff;
}

/** What happened to one table, as far as its space is concerned. */
interface LostRows {
  readonly table: string;
  readonly removed: number;
  readonly changed: number;
  readonly strategy: Strategy;
}

export interface Committed {
  readonly tables: readonly LostRows[];
  /** Of the `applied` event, which the transaction wrote. */
  readonly seq: number;
  readonly durationMs: number;
}

/** So many rows leave something to say about any table. */
const ROWS_MANY = 10_000;
/** Fewer are not worth a statement, whatever share of their table they are. */
const ROWS_FEW = 1_000;
const SHARE_MANY = 0.2;

/**
 * After a migration that removed much: new statistics, and what became of the space. Nothing here fails
 * a run, since what was to be done is done.
 * @returns null where nothing is worth saying; below 1,000 rows of a table nothing is sent
 */
export async function lookAfterSpace(
  engine: Engine,
  committed: Committed,
): Promise<SpaceReport | null> {
  const worth = committed.tables.filter(({ removed, changed }) => removed + changed >= ROWS_FEW);
  if (worth.length === 0) return null;
  const care = new SpaceCare(engine);
  const tables: TableLeftover[] = [];
  const found = await care.find(worth.map(({ table }) => table));
  for (const lost of worth) {
    const touched = found.get(lost.table);
    if (touched === undefined || isLittle(lost, touched)) continue;
    const left = await care.of(lost, touched);
    if (left !== null) tables.push(left);
  }
  const isDead = tables.some(({ deadBytes }) => deadBytes > 0);
  const blockers = isDead ? await care.blockers(committed) : [];
  if (tables.length === 0 && care.notes.length === 0) return null;
  const size = ({ tableBytes, indexBytes }: TableLeftover): number => tableBytes + indexBytes;
  tables.sort((a, b) => b.deadBytes - a.deadBytes || size(b) - size(a));
  return { tables, blockers, notes: care.notes };
}

/** The statistics still are those of before. */
function isLittle({ removed, changed }: LostRows, { liveRows }: TouchedTable): boolean {
  const gone = removed + changed;
  return gone < ROWS_MANY && gone < SHARE_MANY * liveRows;
}

class SpaceCare {
  readonly notes: string[] = [];
  readonly #engine: Engine;
  readonly #connection: Connection;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#connection = new CancellableConnection(engine.session.connection, engine.signal);
  }

  /** By name; a table that is gone is left out. */
  async find(names: readonly string[]): Promise<ReadonlyMap<string, TouchedTable>> {
    const found = await this.#try(`the space of ${names.join(', ')}`, () =>
      readTouchedTables(this.#connection, names),
    );
    return new Map(found?.map((touched) => [touched.table, touched]));
  }

  async of(lost: LostRows, touched: TouchedTable): Promise<TableLeftover | null> {
    const { table, autovacuumOff } = touched;
    const after = await this.#analyze(touched);
    const space = after ?? (await this.#measure(touched));
    if (space === null) return null;
    const { tableBytes, indexBytes } = space;
    const analyzed = after !== null;
    const live = analyzed ? space.liveRows : Math.max(0, touched.liveRows - lost.removed);
    const gone = lost.removed + lost.changed;
    const rewritten = lost.strategy === 'rewrite';
    const deadBytes = rewritten ? 0 : Math.round((tableBytes * gone) / (live + gone));
    return { table, analyzed, tableBytes, indexBytes, deadBytes, rewritten, autovacuumOff };
  }

  async blockers({ seq, durationMs }: Committed): Promise<readonly VacuumBlocker[]> {
    const table = ledgerTable(this.#engine.names).quoted;
    const found = await this.#try('what holds back VACUUM', () =>
      readVacuumBlockers(this.#connection, { table, seq, durationMs }),
    );
    return found ?? [];
  }

  /** @returns the space by the new statistics; null where they could not be made */
  async #analyze(touched: TouchedTable): Promise<TableSpace | null> {
    const { table, quoted, mayAnalyze } = touched;
    const line = `ANALYZE ${quoted};`;
    if (mayAnalyze) {
      return this.#try(`ANALYZE of ${table} (run it later: ${line})`, async () => {
        await analyzeTable(this.#connection, touched);
        return readTableSpace(this.#connection, touched);
      });
    }
    this.notes.push(`only the owner of ${table} may renew its statistics: ${line}`);
    return null;
  }

  #measure(touched: TouchedTable): Promise<TableSpace | null> {
    return this.#try(`the space of ${touched.table}`, () =>
      readTableSpace(this.#connection, touched),
    );
  }

  /** A short transaction of its own; what fails in it is a note. */
  async #try<T>(what: string, work: () => Promise<T>): Promise<T | null> {
    const { session, logger } = this.#engine;
    try {
      await this.#connection.query(rawSql(BEGIN));
      await applySettings(this.#connection, transactionSettings(this.#engine));
      const result = await work();
      await this.#connection.query(rawSql('commit'));
      return result;
    } catch (error) {
      const { message } = databaseErrorFacts(error) ?? (error as Error);
      this.notes.push(`${what}: ${message}`);
      logger.debug({ what, reason: message }, 'not done after the commit');
      if (!session.connection.isLost())
        await session.connection.query(rawSql('rollback')).catch(() => undefined);
      return null;
    }
  }
}
