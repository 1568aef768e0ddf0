/** What `verify_ledger()` found. */
export interface ChainReport {
  readonly ok: boolean;
  readonly events: number;
  readonly headSeq: number | null;
  readonly headHash: string | null;
  readonly problems: readonly { readonly problem: string; readonly atSeq: number | null }[];
}

export interface ChainRow {
  readonly ok: boolean;
  readonly events: number;
  readonly head_seq: number | null;
  readonly head_hash: string | null;
  readonly problem: string | null;
  readonly at_seq: number | null;
}

/** @param rows one that says that all is well, or one for each problem */
export function toChainReport(rows: readonly ChainRow[]): ChainReport {
  const [first] = rows;
  return {
    ok: first?.ok ?? false,
    events: first?.events ?? 0,
    headSeq: first?.head_seq ?? null,
    headHash: first?.head_hash ?? null,
    problems: rows.flatMap(({ problem, at_seq }) =>
      problem === null ? [] : [{ problem, atSeq: at_seq }],
    ),
  };
}
