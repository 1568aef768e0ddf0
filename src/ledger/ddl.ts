import { quoteIdentifier } from '../kernel/identifiers.ts';
import { additionsSql, upgradeSql } from './additions-sql.ts';
import { chainSql } from './chain-sql.ts';
import { commentsSql } from './comments-sql.ts';
import type { LedgerNames } from './names.ts';
import { roleNames, rolesSql } from './roles-sql.ts';
import { tablesSql } from './tables-sql.ts';
import { proofsSql } from './verify-sql.ts';
import { viewsSql } from './views-sql.ts';

/** Everything that hygiene needs in a database: what `init` runs. */
export function ledgerDdl(names: LedgerNames, toolVersion: string | null = null): string {
  const schema = quoteIdentifier(names.schema);
  return `-- Schemas and tables
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

/** What `init --print-sql` prints: the same, and roles with the least rights that do the work. */
export function ledgerScript(names: LedgerNames, toolVersion: string): string {
  const { owner, runner, reader } = roleNames(names);
  return `-- The ledger of hygiene, for PostgreSQL 14 and later.
-- Run it in one transaction: psql --single-transaction --set ON_ERROR_STOP=1 --file THIS_FILE
-- Afterwards, for each role that shall run migrations, or only read what they did:
--   grant ${quoteIdentifier(runner)} to ROLE;
--   grant ${quoteIdentifier(reader)} to ROLE;
-- Where tables are in other schemas than public, so that archives can be made like them:
--   grant usage on schema SCHEMA to ${quoteIdentifier(owner)};

${ledgerDdl(names, toolVersion)}
${rolesScript(names)}`;
}

/** What `init --print-sql --roles` prints, for a ledger that is there. It can be run again. */
export function rolesScript(names: LedgerNames): string {
  return `-- Roles of this ledger. They own nothing and nobody is a member until you say so.
${rolesSql(names)}`;
}

/** What `init --upgrade` runs on a ledger of the version before. */
export function ledgerUpgradeDdl(names: LedgerNames): string {
  return `-- Brings the ledger of the version before to this one. Run it in one transaction, as its owner.
-- Where it has roles: then the script of hygiene init --print-sql --roles
${upgradeSql(names)}
${commentsSql(names)}`;
}
