import { quoteIdentifier } from '../kernel/identifiers.ts';
import type { LedgerNames } from './names.ts';
import { SCHEMA_VERSION } from './tables-sql.ts';
import { historySql } from './views-sql.ts';

/** What version 2 has and version 1 had not. An upgrade only adds: an older tool goes on working. */
export function additionsSql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  return `
alter table ${schema}.archives add column changed_columns text[];
`;
}

/** Brings tables of version 1 to this version, in the caller's transaction. */
export function upgradeSql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  return `${additionsSql(names)}${historySql(schema)}
update ${schema}.meta set schema_version = ${String(SCHEMA_VERSION)};
`;
}
