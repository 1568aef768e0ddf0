import fc from 'fast-check';

import type { OnDelete } from '../../src/catalog/model.ts';
import type { DependentAction, Dependents } from '../../src/planner/steps.ts';
import { databaseScript } from './database-script.ts';
import { layOut } from './lay-out.ts';

/** Values as PostgreSQL writes them as text. `tag` tells the rows of a table apart, key or no key. */
export type Row = Readonly<Record<string, string | null>>;

export interface ColumnSpec {
  readonly name: string;
  readonly type: 'bigint' | 'integer' | 'text' | 'boolean';
  readonly notNull: boolean;
  /** What DEFAULT gives. */
  readonly fallback: string | null;
}

export interface TableSpec {
  readonly schema: 'public' | 'two';
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
  readonly primaryKey: readonly string[] | null;
}

export interface ForeignKeySpec {
  readonly name: string;
  /** Positions in {@link RandomDatabase.tables}. */
  readonly child: number;
  readonly parent: number;
  readonly childColumns: readonly string[];
  readonly parentColumns: readonly string[];
  readonly onDelete: OnDelete;
  readonly setColumns: readonly string[] | null;
  readonly deferral: '' | 'deferrable' | 'deferrable initially deferred';
  readonly indexed: boolean;
  /** What the migration says about this key itself; it wins over what is said about its table. */
  readonly declared: DependentAction | null;
}

export interface RandomDatabase {
  readonly tables: readonly TableSpec[];
  readonly foreignKeys: readonly ForeignKeySpec[];
  /** By table, in the order of `tables`. */
  readonly rows: readonly (readonly Row[])[];
  /** What the migration says about a table, for all its foreign keys. */
  readonly tableActions: ReadonlyMap<number, DependentAction>;
  readonly dependents: Dependents;
  readonly mode: 'match' | 'keep';
  /** A row that the config protects. */
  readonly protectedRow: { readonly table: number; readonly tag: string } | null;
}

export interface TableDraft {
  readonly name: number;
  readonly elsewhere: boolean;
  readonly key: 'id' | 'pair' | 'link' | 'none';
  readonly large: boolean;
  readonly codeCanBeNull: boolean;
  readonly bareName: boolean;
  /** One row each; everything about the row follows from the number. */
  readonly seeds: readonly number[];
}

export interface ForeignKeyDraft {
  readonly from: number;
  readonly to: number;
  readonly toCode: boolean;
  readonly nullable: boolean;
  readonly onDelete: OnDelete;
  readonly deferral: ForeignKeySpec['deferral'];
  readonly indexed: boolean;
  readonly fallbackRow: number | null;
  readonly partialSet: boolean;
  readonly shareColumns: boolean;
  readonly action: DependentAction | null;
  readonly forWholeTable: boolean;
  readonly stubborn: boolean;
}

export interface Draft {
  readonly tables: readonly TableDraft[];
  readonly keys: readonly ForeignKeyDraft[];
  readonly all: boolean;
  readonly mode: 'match' | 'keep';
  readonly protect: number | null;
}

const ACTIONS: readonly DependentAction[] = [
  'purge',
  'purge',
  'purge',
  'nullify',
  'nullify',
  'default',
];

/** True once in so many times. */
const rarely = (times: number): fc.Arbitrary<boolean> =>
  fc.nat({ max: times - 1 }).map((drawn) => drawn === times - 1);

const often = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 3 }, fc.constantFrom(...others, usual));

const tableDrafts: fc.Arbitrary<TableDraft> = fc.record({
  name: fc.nat({ max: 6 }),
  elsewhere: rarely(4),
  key: often<TableDraft['key']>('id', 'pair', 'link', 'none'),
  large: rarely(4),
  codeCanBeNull: fc.boolean(),
  bareName: fc.boolean(),
  seeds: fc.array(fc.nat({ max: 9_999 }), { maxLength: 30, size: 'max' }),
});

const foreignKeyDrafts: fc.Arbitrary<ForeignKeyDraft> = fc.record({
  from: fc.nat({ max: 6 }),
  to: fc.oneof({ arbitrary: fc.nat({ max: 2 }), weight: 2 }, fc.nat({ max: 6 })),
  toCode: rarely(3),
  nullable: often(true, false),
  onDelete: fc.constantFrom<OnDelete>(
    'no action',
    'restrict',
    'cascade',
    'set null',
    'set default',
  ),
  deferral: often<ForeignKeySpec['deferral']>('', 'deferrable', 'deferrable initially deferred'),
  indexed: fc.boolean(),
  fallbackRow: fc.option(fc.nat({ max: 29 })),
  partialSet: fc.boolean(),
  shareColumns: rarely(4),
  action: fc.option(fc.constantFrom(...ACTIONS), { freq: 8 }),
  forWholeTable: rarely(4),
  stubborn: rarely(8),
});

/**
 * Tables, foreign keys, rows whose references hold, and what a migration says about dependents. The
 * first table is the root of the purge; its column `flag` says which rows are meant.
 */
export const randomDatabases: fc.Arbitrary<RandomDatabase> = fc
  .record({
    tables: fc.array(tableDrafts, { minLength: 2, maxLength: 7, size: 'max' }),
    keys: fc.array(foreignKeyDrafts, { minLength: 1, maxLength: 10, size: 'max' }),
    all: rarely(5),
    protect: fc.option(fc.nat({ max: 999 }), { freq: 2 }),
    mode: rarely(12).map((keep) => (keep ? ('keep' as const) : ('match' as const))),
  })
  .map((draft) => {
    const laidOut = layOut(draft);
    return { ...laidOut, [fc.toStringMethod]: () => reproduction(laidOut) };
  });

/** What fast-check prints of a counterexample: a script for psql, and the purge. */
function reproduction(database: RandomDatabase): string {
  const { tables, dependents, mode, protectedRow } = database;
  const [root] = tables;
  const rows = `rows(['${root?.schema ?? ''}', '${root?.name ?? ''}'], ${mode} flag)`;
  const purge = `purge(${rows}, { dependents: ${JSON.stringify(dependents)} })`;
  return `\n${databaseScript(database)}\nset search_path = public;\n-- ${purge}\n-- protected: ${JSON.stringify(protectedRow)}\n`;
}
