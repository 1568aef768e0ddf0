import { counted } from '../kernel/counts.ts';

export interface UninstallFacts {
  readonly objects: { readonly database: string; readonly schemas: readonly string[] };
  readonly archived: { readonly tables: number; readonly rows: number };
  readonly sql: string;
}

/** What goes for good with the script; the script says it too. */
export function uninstallWarnings({ objects, archived }: UninstallFacts): readonly string[] {
  const { rows, tables } = archived;
  return [
    ...(rows === 0
      ? []
      : [
          `${counted(tables, 'archive table')} with ${counted(rows, 'row')}: nothing can be restored afterwards. To keep them: hygiene archive export ID --to DIR`,
        ]),
    ...(objects.schemas.length === 0
      ? []
      : ['The ledger is the proof of what was done. To keep it: hygiene ledger export --out FILE']),
  ];
}

/** A script with nothing but comments where there is nothing to remove. */
export function uninstallScript(facts: UninstallFacts): string {
  const { objects, sql } = facts;
  if (sql === '') return `-- Nothing of hygiene is in database ${objects.database}.`;
  const head = [
    `-- Removes hygiene from database ${objects.database}, for a superuser or a member of the ledger's owner.`,
    '-- Run it in one transaction: psql --single-transaction --set ON_ERROR_STOP=1 --file THIS_FILE',
    ...uninstallWarnings(facts).map((warning) => `-- WARNING: ${warning}`),
  ];
  return [...head, '', sql.trimEnd()].join('\n');
}
