/** What one look before a run has found. */
export interface Check {
  readonly name: CheckName;
  /** `problem`: a run would fail or be refused. `warn`: somebody should know. `unknown`: it cannot be seen. */
  readonly status: 'ok' | 'warn' | 'problem' | 'unknown';
  readonly words: string;
  /** What to do, such as statements to run. */
  readonly remedy: readonly string[];
}

export type CheckName =
  | 'connection'
  | 'server version'
  | 'role'
  | 'rights'
  | 'ledger'
  | 'tables'
  | 'foreign keys'
  | 'triggers'
  | 'row-level security'
  | 'replication lag'
  | 'replica identity'
  | 'logical subscribers'
  | 'materialized views'
  | 'disk'
  | 'long transactions'
  | 'prepared transactions'
  | 'statistics'
  | 'cluster'
  | 'backup';

export function ok(name: CheckName, words: string): Check {
  return { name, status: 'ok', words, remedy: [] };
}

export function warn(name: CheckName, words: string, ...remedy: readonly string[]): Check {
  return { name, status: 'warn', words, remedy };
}

export function problem(name: CheckName, words: string, ...remedy: readonly string[]): Check {
  return { name, status: 'problem', words, remedy };
}

export function unknown(name: CheckName, words: string, ...remedy: readonly string[]): Check {
  return { name, status: 'unknown', words, remedy };
}
