import { keyValue, type PlacedKey } from './lay-out.ts';
import type { Row, TableDraft, TableSpec } from './random-database.ts';

const SEPARATOR = '\0';

/** Keys that use the same columns: a value must be found by all of them. */
interface Reference {
  readonly columns: readonly string[];
  readonly keys: readonly PlacedKey[];
}

/**
 * Rows whose references hold. A table that must reference something, but has nothing to reference,
 * stays empty.
 */
export function fillTables(
  drafts: readonly TableDraft[],
  tables: readonly TableSpec[],
  keys: readonly PlacedKey[],
): readonly (readonly Row[])[] {
  const own = drafts.map((draft, at) =>
    draft.seeds.map((seed, row) => ownValues(draft, tables[at], { seed, row })),
  );
  const references = drafts.map((_, at) => referencesOf(keys.filter(({ child }) => child === at)));
  const filled = new Set(drafts.keys());
  const candidates = ({ keys: sharing }: Reference): readonly string[] => {
    const offers = sharing.map(({ parent, parentColumns }) =>
      (filled.has(parent) ? (own[parent] ?? []) : [])
        .filter((row) => parentColumns.every((column) => (row[column] ?? null) !== null))
        .map((row) => parentColumns.map((column) => row[column]).join(SEPARATOR)),
    );
    const [first = [], ...others] = offers;
    return first.filter((value) => others.every((other) => other.includes(value)));
  };
  for (let before = -1; before !== filled.size;) {
    before = filled.size;
    for (const at of [...filled]) {
      const lacking = (references[at] ?? []).some(
        (each) => each.keys[0]?.notNull === true && candidates(each).length === 0,
      );
      if (lacking) filled.delete(at);
    }
  }
  return drafts.map(({ seeds }, at) =>
    filled.has(at)
      ? seeds.map((seed, row) => ({
          ...own[at]?.[row],
          ...Object.fromEntries(
            (references[at] ?? []).flatMap((each, nth) =>
              referenceValues(each, candidates(each), seed + 7_919 * (nth + 1)),
            ),
          ),
        }))
      : [],
  );
}

function ownValues(
  draft: TableDraft,
  table: TableSpec | undefined,
  { seed, row }: { readonly seed: number; readonly row: number },
): Row {
  const flag = seed % 13 === 12 ? null : String(seed % 4 === 1);
  const hasCode =
    row % 5 !== 4 || table?.columns.some(({ name, notNull }) => name === 'code' && notNull);
  const keys = draft.key === 'id' ? ['id'] : draft.key === 'pair' ? ['k1', 'k2'] : [];
  return {
    ...Object.fromEntries(keys.map((column) => [column, keyValue(draft, column, row)])),
    tag: String(row),
    flag,
    code: hasCode === true ? keyValue(draft, 'code', row) : null,
  };
}

function referencesOf(keys: readonly PlacedKey[]): readonly Reference[] {
  const places = new Set(keys.map(({ childColumns }) => childColumns.join(SEPARATOR)));
  return [...places].map((columns) => ({
    columns: columns.split(SEPARATOR),
    keys: keys.filter(({ childColumns }) => childColumns.join(SEPARATOR) === columns),
  }));
}

/** About half of the references that may be NULL are, some of them in one column only. */
function referenceValues(
  { columns, keys }: Reference,
  candidates: readonly string[],
  seed: number,
): readonly (readonly [string, string | null])[] {
  const drawn = (seed * 2_654_435_761) % 4_294_967_296;
  const chosen = candidates[Math.floor(drawn / 16) % Math.max(candidates.length, 1)];
  const nothing = keys[0]?.notNull === false && drawn % 16 < 7;
  if (chosen === undefined || nothing) {
    const kept = drawn % 16 === 0 && chosen !== undefined ? chosen.split(SEPARATOR)[0] : undefined;
    return columns.map((column, at) => [
      column,
      at === 0 && columns.length > 1 ? (kept ?? null) : null,
    ]);
  }
  const values = chosen.split(SEPARATOR);
  return columns.map((column, at) => [column, values[at] ?? null]);
}
