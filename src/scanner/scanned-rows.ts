import type { Evidence } from './evidence.ts';
import { scoreOf } from './score.ts';

export interface ScannedRow {
  readonly key: string;
  /** Milliseconds since 1970; null where it is not known. */
  readonly createdAt: number | null;
  readonly evidence: readonly Evidence[];
  readonly score: number;
}

/** The rows of one table that something speaks against, up to a number; the others are counted. */
export class ScannedRows {
  readonly #rows = new Map<string, ScannedRow>();
  readonly #limit: number;
  #beyond = 0;

  /** @param limit how many rows are kept in memory */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(row: Pick<ScannedRow, 'key' | 'createdAt'>, evidence: readonly Evidence[]): void {
    const known = this.#rows.get(row.key);
    if (known === undefined && this.#rows.size >= this.#limit) {
      this.#beyond += 1;
      return;
    }
    const all = [...(known?.evidence ?? []), ...evidence];
    const createdAt = known?.createdAt ?? row.createdAt;
    this.#rows.set(row.key, { key: row.key, createdAt, evidence: all, score: scoreOf(all) });
  }

  get(key: string): ScannedRow | null {
    return this.#rows.get(key) ?? null;
  }

  scoreOf(key: string): number {
    return this.#rows.get(key)?.score ?? 0;
  }

  [Symbol.iterator](): IterableIterator<ScannedRow> {
    return this.#rows.values();
  }

  /** Rows that matched and were not kept. */
  get beyond(): number {
    return this.#beyond;
  }

  from(score: number): readonly ScannedRow[] {
    return [...this.#rows.values()].filter((row) => row.score >= score);
  }
}
