import { QualifiedName } from '../kernel/identifiers.ts';

/** Where the ledger and the archive live. Both schemas belong to hygiene alone. */
export interface LedgerNames {
  readonly schema: string;
  readonly archiveSchema: string;
}

export const defaultLedgerNames: LedgerNames = {
  schema: 'hygiene',
  archiveSchema: 'hygiene_archive',
};

export function ledgerTable(names: LedgerNames): QualifiedName {
  return new QualifiedName(names.schema, 'ledger');
}

export function metaTable(names: LedgerNames): QualifiedName {
  return new QualifiedName(names.schema, 'meta');
}

export function environmentTable(names: LedgerNames): QualifiedName {
  return new QualifiedName(names.schema, 'environment');
}

/** The list of archive tables; the tables themselves are in the archive schema. */
export function archivesTable(names: LedgerNames): QualifiedName {
  return new QualifiedName(names.schema, 'archives');
}

/** Where migrations that are applied in batches stand. */
export function progressTable(names: LedgerNames): QualifiedName {
  return new QualifiedName(names.schema, 'progress');
}

/** What it takes to add each seed guard and to recognise it; whether it is there, the events tell. */
export function guardsTable(names: LedgerNames): QualifiedName {
  return new QualifiedName(names.schema, 'guards');
}

/** A function of the ledger's schema, such as `append_event`. */
export function ledgerFunction(
  names: LedgerNames,
  name: 'append_event' | 'commit_fence' | 'event_hash' | 'verify_ledger',
): QualifiedName {
  return new QualifiedName(names.schema, name);
}

/** Key of the run lock: two ledgers of one database do not wait for each other. */
export function lockKey(names: LedgerNames): string {
  return ledgerTable(names).quoted;
}

/** Key of the chain lock. Unlike the run lock's: an approval is recorded while a run goes on. */
export function chainLockKey(names: LedgerNames): string {
  return `hygiene chain ${ledgerTable(names).quoted}`;
}
