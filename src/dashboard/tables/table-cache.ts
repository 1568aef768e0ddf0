import type { ConfiguredTable } from '../../app/dashboard-config.ts';
import type { Readers } from '../../app/readers.ts';
import type { Clock } from '../../kernel/ports.ts';
import { Remembered } from '../remembered.ts';
import { readTable, type TablePage } from './read-table.ts';

const MAX_AGE_MS = 1_000;
const ENTRIES_MAX = 100;

/** Readings of tables by what was asked, so that many who ask for the same cost as much as one. */
export class TableCache {
  readonly #clock: Clock;
  readonly #readers: Readers;
  readonly #entries = new Map<string, Remembered<TablePage>>();

  constructor(clock: Clock, readers: Readers) {
    this.#clock = clock;
    this.#readers = readers;
  }

  /** @throws HygieneError HYG_USAGE, HYG_PAGE_OUTDATED */
  get(table: ConfiguredTable, query: Readonly<Record<string, string>>): Promise<TablePage> {
    const { page = '', sort = '', direction = '', search = '' } = query;
    const key = JSON.stringify([table.table, table.path, page, sort, direction, search]);
    const known = this.#entries.get(key);
    if (known !== undefined) return known.get();
    const read = (): Promise<TablePage> =>
      this.#readers.read((opened) => readTable(opened, table, query));
    const entry = new Remembered(this.#clock, MAX_AGE_MS, read);
    this.#entries.set(key, entry);
    this.#forgetOldest();
    return entry.get();
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > ENTRIES_MAX && oldest !== undefined) this.#entries.delete(oldest);
  }
}
