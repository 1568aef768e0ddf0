import type { Table } from '../../catalog/model.ts';
import { queryOne } from '../../database/connection.ts';
import { inReadOnly } from '../../database/reading.ts';
import { databaseErrorFacts } from '../../database/sqlstate.ts';
import { readSignals } from '../../executor/throttle-signals.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { Sql } from '../../kernel/sql.ts';
import {
  isShared,
  throttleReason,
  type ThrottleReason,
  type ThrottleSignals,
} from '../../policy/throttle.ts';
import { type Engine, transactionSettings } from '../engine.ts';
import { throttleLimits } from './batch-settings.ts';

/** While nothing holds it up, the server is asked about once a second. */
const ASK_EVERY_MS = 1_000;
/** Autovacuum of a large table may take hours, and yields to nobody's locks but ours. */
const VACUUM_WAIT_MAX_MS = 60_000;

/** Says before each batch whether it should wait, and for what. */
export class Throttle {
  readonly #engine: Engine;
  readonly #hiddenTold = new Set<string>();
  #askedAt: number | null = null;
  #vacuumSince: number | null = null;
  #transactions: { readonly count: number; readonly at: number } | null = null;
  #isShared = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Others work on the database. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** Looks for the first time, so that the first batch knows whether others are at work. */
  async begin(): Promise<void> {
    await this.#signals([], this.#engine.clock.monotonicMs());
  }

  /**
   * @param tables that the migration touches
   * @throws HygieneError HYG_CONFIG_INVALID when the config's own statement fails
   */
  async reason(tables: readonly Table[]): Promise<ThrottleReason | null> {
    const { clock } = this.#engine;
    const now = clock.monotonicMs();
    if (this.#askedAt !== null && now - this.#askedAt < ASK_EVERY_MS) return null;
    const reason = (await this.#fromServer(tables, now)) ?? (await this.#fromConfig());
    this.#askedAt = reason === null ? now : null;
    return reason;
  }

  async #signals(tables: readonly Table[], now: number): Promise<ThrottleSignals | null> {
    const { connection } = this.#engine.session;
    // The embedded database has no replicas, no archiver and no autovacuum.
    if (connection.kind === 'embedded') return null;
    const signals = await readSignals(connection, tables);
    this.#tellHidden(signals.hidden);
    this.#countTransactions(signals.transactions, now);
    return signals;
  }

  async #fromServer(tables: readonly Table[], now: number): Promise<ThrottleReason | null> {
    const signals = await this.#signals(tables, now);
    if (signals === null) return null;
    const reason = throttleReason(signals, throttleLimits(this.#engine.settings.batches));
    if (reason?.kind !== 'autovacuum') {
      this.#vacuumSince = null;
      return reason;
    }
    this.#vacuumSince ??= now;
    return now - this.#vacuumSince < VACUUM_WAIT_MAX_MS ? reason : null;
  }

  #countTransactions(count: number, at: number): void {
    const before = this.#transactions;
    if (before !== null && at - before.at < ASK_EVERY_MS) return;
    if (before !== null) this.#isShared = isShared(count - before.count, at - before.at);
    this.#transactions = { count, at };
  }

  #tellHidden(hidden: readonly string[]): void {
    for (const what of hidden.filter((each) => !this.#hiddenTold.has(each))) {
      this.#hiddenTold.add(what);
      this.#engine.logger.warn(
        { signal: what },
        `${what} is unknown: the role may not see it (grant pg_monitor to it); batches do not wait for it`,
      );
    }
  }

  async #fromConfig(): Promise<ThrottleReason | null> {
    const { throttle } = this.#engine.settings.batches;
    if (throttle === null || !(await this.#isTrue(throttle))) return null;
    return { kind: 'config', words: 'the throttle of hygiene/config' };
  }

  /** Read-only, and rolled back: it is only asked. */
  async #isTrue(statement: Sql): Promise<boolean> {
    const { connection } = this.#engine.session;
    try {
      const row = await inReadOnly(connection, transactionSettings(this.#engine), () =>
        queryOne<Record<string, unknown>>(connection, statement),
      );
      const [value] = Object.values(row);
      return value === true || Number(value) > 0;
    } catch (error) {
      throw databaseErrorFacts(error) === null ? error : badThrottle(error);
    }
  }
}

function badThrottle(error: unknown): HygieneError {
  return new HygieneError('HYG_CONFIG_INVALID', {
    message: `batches.throttle of hygiene/config failed: ${databaseErrorFacts(error)?.message ?? ''}`,
    hint: 'It must be a SELECT that gives one row; its first value true or above 0 means: wait.',
    cause: error,
  });
}
