import { type Connection, queryOne } from '../database/connection.ts';
import { keepNewSchemasHere } from '../database/dialect/citus.ts';
import { beginLocked } from '../database/run-lock.ts';
import { hasSqlstate, sqlstate } from '../database/sqlstate.ts';
import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql, sql } from '../kernel/sql.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { LedgerNames } from '../ledger/names.ts';
import { roleNames } from '../ledger/roles-sql.ts';
import { SCHEMA_VERSION } from '../ledger/tables-sql.ts';
import { type Engine, runLock } from './engine.ts';

/** Several first runs may come at once, so it is looked at again under the lock. */
export async function installLedger(engine: Engine): Promise<void> {
  const { connection } = engine.session;
  await beginLocked(connection, runLock(engine));
  try {
    const ledger = new Ledger(connection, engine.names);
    if (!(await ledger.isInstalled())) {
      await assertOwnSchemas(connection, engine.names);
      await keepNewSchemasHere(connection);
      await ledger.install(engine.facts.toolVersion);
    }
    await connection.query(rawSql('commit'));
  } catch (error) {
    await connection.query(rawSql('rollback'));
    throw hasSqlstate(error, sqlstate.insufficientPrivilege) ? mayNotInstall(error) : error;
  }
}

/**
 * Adds what the ledger of the version before lacks.
 * @returns false where nothing was missing
 */
export async function upgradeLedger(engine: Engine): Promise<boolean> {
  const { connection } = engine.session;
  await beginLocked(connection, runLock(engine));
  try {
    const ledger = new Ledger(connection, engine.names);
    const isOld = (await ledger.version()) < SCHEMA_VERSION;
    if (isOld) {
      const { ledgerUpgradeDdl, rolesScript } = await import('../ledger/ddl.ts');
      await connection.script(ledgerUpgradeDdl(engine.names));
      if (await hasRoles(connection, engine.names)) {
        await connection.script(rolesScript(engine.names));
      }
    }
    await connection.query(rawSql('commit'));
    return isOld;
  } catch (error) {
    await connection.query(rawSql('rollback'));
    throw hasSqlstate(error, sqlstate.insufficientPrivilege)
      ? mayNotUpgrade(engine.names, error)
      : error;
  }
}

/** Whether a DBA gave the ledger to its roles; what an upgrade adds is then theirs too. */
async function hasRoles(connection: Connection, names: LedgerNames): Promise<boolean> {
  const { owner } = await queryOne<{ owner: string }>(
    connection,
    sql`select pg_get_userbyid(nspowner)::text as owner from pg_namespace where nspname = ${names.schema}`,
  );
  return owner === roleNames(names).owner;
}

/** Installing takes the schemas from PUBLIC, which would lock out whoever else uses them. */
async function assertOwnSchemas(connection: Connection, names: LedgerNames): Promise<void> {
  const { rows } = await connection.query<{ schema: string; relations: number }>(sql`
    select n.nspname::text as schema, count(*)::float8 as relations
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in (${names.schema}, ${names.archiveSchema})
     group by n.nspname
     order by n.nspname
  `);
  const [taken] = rows;
  if (taken === undefined) return;
  throw new HygieneError('HYG_LEDGER_SCHEMA_TAKEN', {
    message: `Schema "${taken.schema}" holds ${counted(taken.relations, 'relation')} of somebody else.`,
    hint: 'Name schemas of our own in hygiene/config: schemas: { ledger: …, archive: … }',
    details: { ...taken },
  });
}

function mayNotInstall(cause: unknown): HygieneError {
  return new HygieneError('HYG_REFUSED_PRIVILEGES', {
    message: `There is no ledger yet, and this role may not make it: ${(cause as Error).message}.`,
    hint: 'Let a DBA run the script of `hygiene init --print-sql`, or grant create on the database to the role.',
    cause,
  });
}

function mayNotUpgrade(names: LedgerNames, cause: unknown): HygieneError {
  return new HygieneError('HYG_REFUSED_PRIVILEGES', {
    message: `Only its owner may upgrade the ledger: ${(cause as Error).message}.`,
    hint: `grant "${roleNames(names).owner}" to ROLE;\nOr let a DBA run the script of \`hygiene init --print-sql --upgrade\`, then that of --roles.`,
    cause,
  });
}
