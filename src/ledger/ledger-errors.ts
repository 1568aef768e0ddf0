import { hasSqlstate, sqlstate } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import { ledgerFunction, type LedgerNames, ledgerTable } from './names.ts';
import { type RoleNames, roleNames } from './roles-sql.ts';
import { SCHEMA_VERSION } from './tables-sql.ts';

/** @throws HygieneError HYG_LEDGER_UNKNOWN_VERSION unless it is this version or the one before */
export function assertSchemaVersion(names: LedgerNames, version: number | null): number {
  if (version === SCHEMA_VERSION || version === SCHEMA_VERSION - 1) return version;
  const table = ledgerTable(names).toString();
  const isNewer = version !== null && version > SCHEMA_VERSION;
  throw new HygieneError('HYG_LEDGER_UNKNOWN_VERSION', {
    message:
      version === null
        ? `${table} is there, but the schema does not say which version it is.`
        : `${table} has version ${version}; this hygiene works with version ${SCHEMA_VERSION}.`,
    hint: isNewer
      ? 'Upgrade pg-hygiene to the version that was used last on this database.'
      : 'Use the version of pg-hygiene that made it.',
    details: { found: version, known: SCHEMA_VERSION },
  });
}

/**
 * Does what reads the tables of the ledger.
 * @throws HygieneError HYG_LEDGER_SCHEMA_TAKEN where tables of that name are not what this tool makes
 */
export async function asOurs<T>(names: LedgerNames, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!hasSqlstate(error, ...NOT_AS_MADE)) throw error;
    throw new HygieneError('HYG_LEDGER_SCHEMA_TAKEN', {
      message: `${ledgerTable(names).toString()} is there, and is not the ledger as hygiene makes it: ${(error as Error).message}.`,
      hint: [
        "If the schema is somebody else's, name one of our own in hygiene/config: schemas: { ledger: …, archive: … }",
        'If it was ours, somebody has altered it: put it back from a backup.',
      ].join('\n'),
      cause: error,
    });
  }
}

const NOT_AS_MADE = [
  sqlstate.undefinedTable,
  sqlstate.undefinedColumn,
  sqlstate.undefinedFunction,
] as const;

/** For what the version before has no place for. */
export function outdatedLedger(what: string): HygieneError {
  return new HygieneError('HYG_LEDGER_OUTDATED', {
    message: `The ledger of this database was made by an older hygiene, and ${what} needs the newer tables.`,
    hint: 'hygiene init --upgrade   adds them; nothing that is there is changed.',
  });
}

export function brokenHead(names: LedgerNames): HygieneError {
  return new HygieneError('HYG_INTEGRITY_CHAIN', {
    message: `The newest event of ${ledgerTable(names).toString()} was changed, or events are missing.`,
    hint: `hygiene ledger verify    (or in psql: select * from ${ledgerFunction(names, 'verify_ledger').toString()}())`,
  });
}

/** Which role of the ledger has the right that was lacking. */
function missingRights(
  names: LedgerNames,
  cause: unknown,
  role: keyof RoleNames = 'runner',
): HygieneError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const roles = roleNames(names);
  const grant = `grant "${roles[role]}" to ROLE;`;
  return new HygieneError('HYG_REFUSED_PRIVILEGES', {
    message: `The database role may not use ${ledgerTable(names).toString()}: ${reason}`,
    hint: [
      role === 'reader' ? `${grant}    or "${roles.runner}", if it shall run migrations` : grant,
      'hygiene init --print-sql --roles    makes these roles, where a DBA runs it',
    ].join('\n'),
    cause,
  });
}

/** @throws HygieneError HYG_REFUSED_PRIVILEGES where a table of ours is closed to the role */
export async function withRights<T>(
  names: LedgerNames,
  role: keyof RoleNames,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw hasSqlstate(error, sqlstate.insufficientPrivilege)
      ? missingRights(names, error, role)
      : error;
  }
}
