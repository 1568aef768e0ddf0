import type { QualifiedName } from '../kernel/identifiers.ts';
import type { Sql } from '../kernel/sql.ts';

/** `check`: a CHECK constraint. `trigger`: where the predicate cannot be one. */
export type GuardForm = 'check' | 'trigger';

/** What a purge asks for: that rows like those it removes cannot come back. */
export interface GuardRequest {
  /** Rows that shall be refused; null: those of the purge. */
  readonly predicate: Sql | null;
  readonly as: GuardForm;
}

/** A seed guard of one table, complete: what it takes to add it and to recognise it. */
export interface Guard {
  /** Of the constraint or the trigger; begins with the version of the migration. */
  readonly name: string;
  readonly table: QualifiedName;
  readonly form: GuardForm;
  /** True for the rows that are refused; NULL and false let a row pass. SQL text, with its values. */
  readonly forbidden: string;
  /** How PostgreSQL tells it, where names carry their schema: a guard that reads otherwise was altered. */
  readonly definition: string;
  /** Schemas that its unqualified names are looked up in. */
  readonly searchPath: readonly string[];
}

/** How the comment on every guard begins: by it one is found in the catalog. */
export const GUARD_COMMENT = 'Seed guard of hygiene migration ';

const NAME_BYTES_MAX = 63;

/**
 * The name that leads from an error message to the migration: `hygiene_guard_20260112090000_purge_demo`.
 * A long one is cut behind the version, which no two migrations share.
 * @param position from 1, where a migration has several guards
 */
export function guardName(migrationId: string, position: number): string {
  const suffix = position === 1 ? '' : `_${String(position)}`;
  return `hygiene_guard_${migrationId}`.slice(0, NAME_BYTES_MAX - suffix.length) + suffix;
}

const NOT_IMMUTABLE =
  /\b(?:now|random|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|gen_random_uuid|uuid_generate_v\d|nextval|currval|current_setting|pg_backend_pid|txid_current)\s*\(|\b(?:current_(?:date|time|timestamp|user|role|schema|catalog)|localtime|localtimestamp|session_user)\b/i;

/**
 * What keeps a predicate from being a CHECK as far as its text tells: `a subquery`, `now()`. Null where
 * nothing is seen; what other functions are only the database knows.
 */
export function visibleObstacle(predicate: string): string | null {
  const text = withoutTexts(predicate);
  if (/\bselect\b/i.test(text)) return 'a subquery';
  const [volatile] = NOT_IMMUTABLE.exec(text) ?? [];
  return volatile?.toLowerCase().replace(/\s*\($/, '()') ?? null;
}

/** SQL without comments, string contents and quoted names, so that words in them are not taken for SQL. */
export function withoutTexts(text: string): string {
  return text.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (found) =>
    /^['"]/.test(found) ? "''" : ' ',
  );
}
