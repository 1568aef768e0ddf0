import type { CitusPlacement, OnDelete, Persistence, TableKind, TriggerEvent } from './model.ts';

/** What the statement of `introspect` returns: rows of pg_catalog, with its one-letter codes. */
export interface CatalogFacts {
  readonly searchPath: readonly string[];
  readonly relations: readonly RelationFact[];
  readonly columns: readonly ColumnFact[];
  readonly indexes: readonly IndexFact[];
  readonly inheritance: readonly { readonly child: number; readonly parent: number }[];
  readonly triggers: readonly TriggerFact[];
  readonly deleteRules: readonly { readonly table: number; readonly name: string }[];
  readonly foreignKeys: readonly ForeignKeyFact[];
  readonly unreplicable: readonly UnreplicableFact[];
  readonly hasCitus: boolean;
}

/** The facts, with the tables that Citus knows. */
export interface WholeFacts extends CatalogFacts {
  readonly citus: readonly ({ readonly oid: number } & CitusPlacement)[];
}

export interface RelationFact {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: keyof typeof KINDS;
  readonly persistence: keyof typeof PERSISTENCES;
  readonly isPartition: boolean;
  /** -1 where never analyzed. */
  readonly rows: number;
  readonly rowSecurity: boolean;
  readonly owner: boolean;
  /** Of the schema; without it no right on the table is worth anything. */
  readonly usage: boolean;
  readonly select: boolean;
  readonly insert: boolean;
  readonly update: boolean;
  readonly delete: boolean;
  readonly truncate: boolean;
  readonly references: boolean;
}

export interface ColumnFact {
  readonly table: number;
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly mayHoldNull: boolean;
  readonly hasDefault: boolean;
  readonly generated: '' | 's' | 'v';
  readonly identity: '' | 'a' | 'd';
}

export interface IndexFact {
  readonly table: number;
  readonly columns: readonly number[];
  readonly primary: boolean;
  readonly unique: boolean;
}

export interface TriggerFact {
  readonly table: number;
  readonly name: string;
  readonly type: number;
  readonly enabled: keyof typeof ENABLED;
  readonly functionSchema: string;
  readonly functionName: string;
}

export interface ForeignKeyFact {
  readonly oid: number;
  readonly name: string;
  readonly child: number;
  readonly childColumns: readonly number[];
  readonly parent: number;
  readonly parentColumns: readonly number[];
  readonly onDelete: keyof typeof ON_DELETE;
  readonly setColumns: readonly number[] | null;
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
  readonly validated: boolean;
  readonly enforced: boolean;
  readonly period: boolean;
}

export interface UnreplicableFact {
  readonly table: number;
  readonly update: boolean;
  readonly delete: boolean;
}

export const KINDS = {
  r: 'table',
  p: 'partitioned',
  v: 'view',
  m: 'materialized view',
  f: 'foreign',
} as const satisfies Record<string, TableKind>;

export const PERSISTENCES = {
  p: 'permanent',
  u: 'unlogged',
  t: 'temporary',
} as const satisfies Record<string, Persistence>;

export const GENERATED = { '': null, s: 'stored', v: 'virtual' } as const;
export const IDENTITY = { '': null, a: 'always', d: 'by default' } as const;
export const ENABLED = { O: 'origin', A: 'always', R: 'replica', D: 'disabled' } as const;

export const ON_DELETE = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
} as const satisfies Record<string, OnDelete>;

/** Bits of pg_trigger.tgtype. */
export const TRIGGER_ROW = 1;
export const TRIGGER_BEFORE = 2;
export const TRIGGER_INSTEAD = 64;
export const TRIGGER_EVENTS: readonly (readonly [bit: number, event: TriggerEvent])[] = [
  [4, 'insert'],
  [8, 'delete'],
  [16, 'update'],
  [32, 'truncate'],
];
