/** What pg_catalog says beyond the catalog's model, needed only where tables may be locked as a whole. */

export interface TableWindowFacts {
  /** Rules for INSERT, UPDATE or DELETE. */
  readonly rules: readonly string[];
  /** Publications that carry the table to subscribers. */
  readonly publications: readonly string[];
  /** Constraints that rows of the table may violate: NOT VALID ones, and invalid unique indexes. */
  readonly unproven: readonly string[];
  /** Columns in which no row has NULL, for certain: a NOT NULL that is NOT VALID proves nothing. */
  readonly neverNull: readonly string[];
  /** Whether it inherits from another table. */
  readonly inherits: boolean;
}

export interface KeyWindowFacts {
  /** As ALTER TABLE … ADD CONSTRAINT takes it. */
  readonly definition: string;
  readonly comment: string | null;
  /** One of its triggers was switched off by somebody; made anew it would be on. */
  readonly isSwitchedOff: boolean;
  /** It has a copy for each partition of the child or of the parent. */
  readonly hasCopies: boolean;
  /** The owner of the table that it belongs to, where our role has not the owner's rights; else null. */
  readonly foreignOwner: string | null;
}

export interface WindowFacts {
  /** Such as 180000. */
  readonly serverVersion: number;
  /** By oid of the table. */
  readonly tables: ReadonlyMap<number, TableWindowFacts>;
  /** By oid of the foreign key. */
  readonly keys: ReadonlyMap<number, KeyWindowFacts>;
}
