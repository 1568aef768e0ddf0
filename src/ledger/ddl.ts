import { quoteIdentifier } from '../kernel/identifiers.ts';
import { additionsSql, upgradeSql } from './additions-sql.ts';
import { chainSql } from './chain-sql.ts';
import { commentsSql } from './comments-sql.ts';
import type { LedgerNames } from './names.ts';
import { tablesSql } from './tables-sql.ts';
import { proofsSql } from './verify-sql.ts';
import { viewsSql } from './views-sql.ts';

/** Everything that hygiene needs in a database: what `init` runs and `init --print-sql` prints. */
export function ledgerDdl(names: LedgerNames, toolVersion: string | null = null): string {
  const schema = quoteIdentifier(names.schema);
  const archive = quoteIdentifier(names.archiveSchema);
  return `-- The ledger of hygiene, for PostgreSQL 14 and later.
-- Run it in one transaction: psql --single-transaction --set ON_ERROR_STOP=1 --file THIS_FILE
--
-- A role that runs hygiene without owning these objects needs:
--   grant usage on schema ${schema} to ROLE;
--   grant select, insert on ${schema}.ledger, ${schema}.guards to ROLE;
--   grant select on ${schema}.meta, ${schema}.environment, ${schema}.status, ${schema}.history to ROLE;
--   grant select, insert, update, delete on ${schema}.archives, ${schema}.progress to ROLE;
--   grant execute on all functions in schema ${schema} to ROLE;
--   grant usage, create on schema ${archive} to ROLE;
-- To run hygiene init --mark it needs insert and update on ${schema}.environment too.

-- Schemas and tables
${tablesSql(names, toolVersion)}${additionsSql(names)}
-- Hash chain
${chainSql(names)}
-- Proofs
${proofsSql(names)}
-- Views
${viewsSql(names)}
-- Nothing here is for everybody.
revoke all on all tables in schema ${schema} from public;
revoke all on all functions in schema ${schema} from public;

-- Comments
${commentsSql(names)}`;
}

/** What `init --upgrade` runs on a ledger of the version before. */
export function ledgerUpgradeDdl(names: LedgerNames): string {
  return `${upgradeSql(names)}
${commentsSql(names)}`;
}
