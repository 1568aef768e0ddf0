import { quoteIdentifier, quoteLiteral } from '../kernel/identifiers.ts';
import type { LedgerNames } from './names.ts';

type Relation =
  'ledger' | 'meta' | 'environment' | 'archives' | 'progress' | 'guards' | 'status' | 'history';

interface RelationComments {
  readonly kind: 'table' | 'view';
  readonly comment: string;
  readonly columns: Readonly<Record<string, string>>;
}

const relations: Readonly<Record<Relation, RelationComments>> = {
  ledger: {
    kind: 'table',
    comment:
      'Everything hygiene did to this database. Append-only and hash-chained: select * from verify_ledger() proves that nobody edited it.',
    columns: {
      seq: 'Position in the chain, from 1 without gaps.',
      event: 'What happened, such as started, applied, failed, restored.',
      migration_id: 'Name of the migration without file extension; null for events about none.',
      generation: 'Which application of the migration, from 1; reapply begins the next.',
      checksum: 'Hash of the migration file and of the files it imports.',
      config_fingerprint: 'Hash of the configuration that was in force.',
      at: 'When the event was recorded, by the clock of the database server.',
      duration_ms: 'How long it took, in milliseconds.',
      run_id: 'One command; the same in all its events, its log and its report.',
      environment: 'The environment marker of the database at that time, such as production.',
      identity: 'Which database this was: system identifier, timeline, name, oid, address, marker.',
      actor: 'Who did it: database role and login, OS user, host, CI run, git commit.',
      tool_version: 'Version of hygiene.',
      ticket: 'Ticket named by the migration or the command.',
      rows: 'List of tables with rows planned, archived, removed and changed, and the strategy; for a restore with rows restored, reverted and skipped.',
      checks: 'List of checks that verify made, with expected and actual values.',
      error: 'Why it ended badly: message, SQLSTATE, table, constraint. Never row values.',
      note: 'Reason or remark in words.',
      evidence: 'Further facts: side effects, warnings, plan digest.',
      hash_version: 'How hash was computed; see the function event_hash.',
      prev_hash: 'Hash of the event before this one; zeros for the first.',
      hash: 'SHA-256 over all columns of this event, prev_hash included.',
    },
  },
  meta: {
    kind: 'table',
    comment: 'One row: which version of these tables this is.',
    columns: {
      only_row: 'Always true: there is one row.',
      schema_version: 'Version of the tables of this schema.',
      tool_version: 'Version of hygiene that made them.',
      installed_at: 'When they were made.',
    },
  },
  environment: {
    kind: 'table',
    comment: 'One row: which environment this database is. Written by hygiene init --mark.',
    columns: {
      only_row: 'Always true: there is one row.',
      environment: 'Name of the environment, such as production.',
      marker: 'Made anew by each marking; a copy of the database carries it along.',
      identity: 'Which database was marked; a copy has another identity and is told from it so.',
      marked_at: 'When it was marked.',
      marked_by: 'Database role that marked it.',
    },
  },
  archives: {
    kind: 'table',
    comment: 'The tables that hold removed rows and old values, one line for each.',
    columns: {
      migration_id: 'The migration that removed or changed the rows.',
      generation: 'Which application of the migration.',
      source_schema: 'Schema of the table the rows came from.',
      source_table: 'Table the rows came from.',
      archive_table: 'Table of the archive schema that holds them.',
      kind: 'rows: removed rows; mutations: old values of rows that stayed.',
      rows: 'How many rows are archived.',
      created_at: 'When they were archived.',
      run_id: 'The run that archived them.',
      changed_columns:
        'For mutations: the columns that were changed; the others are there to find the row.',
      stage:
        'Which part of the migration: where purges and scrubs take turns, a restore goes backwards.',
    },
  },
  guards: {
    kind: 'table',
    comment:
      'Seed guards that migrations asked for: what it takes to add each and to recognise it. Whether one is there, the events of the ledger tell, and hygiene guard list.',
    columns: {
      migration_id: 'Name of the migration.',
      generation: 'Which application of the migration.',
      guard_name: 'Name of the constraint or trigger.',
      table_schema: 'Schema of the guarded table.',
      table_name: 'The guarded table.',
      form: 'check: a CHECK constraint. trigger: a trigger that fires always.',
      forbidden:
        'SQL condition that is true for the rows which are refused, protected rows excepted.',
      definition:
        'How PostgreSQL tells the constraint, or what the trigger function does. A guard that reads otherwise was altered.',
      search_path: 'Schemas that unqualified names in the condition are looked up in.',
    },
  },
  progress: {
    kind: 'table',
    comment:
      'One row for each migration that is applied in batches and not at its end: how far it is, who works on it, what was asked of it.',
    columns: {
      migration_id: 'The migration.',
      generation: 'Which application of the migration.',
      token: 'Grows with each run that takes over; a run with an older one may not go on.',
      run_id: 'The run at work, or the last one.',
      backend_pid: 'Server process of its last sign of life.',
      heartbeat: 'When it last gave one.',
      state: 'running: a run works on it, or was killed; stopped: none does.',
      waiting_for: 'Why no batch runs just now.',
      request: 'pause or cancel, asked by another command; null: nothing is asked.',
      requested_by: 'Who asked.',
      requested_at: 'When.',
      request_reason: 'Why.',
      checksum: 'Of the migration file whose rows are listed.',
      frozen_at: 'When the rows were listed; null: they are listed by the next run.',
      snapshot: 'What that transaction saw, as pg_current_snapshot() writes it.',
      step: 'The purge at work, from 0.',
      position: 'Up to which row of its list everything is done.',
      rows_done: 'Rows removed or changed so far, over all tables.',
      rows_total: 'How many they were to be when the rows were listed.',
      batch_size: 'Listed rows of the next batch.',
      steps: 'By purge: its list in the archive schema, how many rows it has, its plan.',
      tables: 'By table: rows planned, archived, removed, changed so far.',
      statistics: 'Batches, retries, halvings, milliseconds at work and waiting, rows kept.',
      proofs: 'What verify saw before the first batch.',
    },
  },
  status: {
    kind: 'view',
    comment: 'One row for each migration that the ledger knows: where it stands now.',
    columns: {
      migration_id: 'Name of the migration without file extension.',
      status:
        'pending, started, applied, failed, interrupted, cancelled, skipped, held (restored), retired or baselined.',
      generation: 'Which application of the migration is meant, from 1.',
      applied_at: 'When this generation was applied (or marked as applied by a baseline).',
      applied_by: 'Who applied it: OS user, else database role.',
      rows_removed: 'How many rows it removed, over all tables.',
      run_id: 'The run that applied it; before there is one, the last run.',
      last_event: 'The newest event of the migration.',
      last_event_at: 'When the newest event was recorded.',
      last_error: 'Why the last run ended badly, if it did.',
    },
  },
  history: {
    kind: 'view',
    comment: 'The ledger for reading: what happened, in its order.',
    columns: {
      seq: 'Position in the chain.',
      at: 'When the event was recorded.',
      event: 'What happened.',
      migration_id: 'Name of the migration; null for events about none.',
      generation: 'Which application of the migration.',
      what: 'Rows removed by table.',
      role: 'Database role.',
      os_user: 'OS user who ran hygiene.',
      host: 'Host on which hygiene ran.',
      ci_url: 'Address of the CI run.',
      git_commit: 'Git commit of the CI run.',
      environment: 'Environment marker at that time.',
      ticket: 'Ticket.',
      note: 'Reason or remark.',
      error: 'Why it ended badly.',
      duration_ms: 'How long it took, in milliseconds.',
      run_id: 'The command that recorded it.',
      hash: 'Hash of the event.',
    },
  },
};

/** Functions by signature, in which $S is the schema. */
const functions: Readonly<Record<string, string>> = {
  'append_event(jsonb)':
    'The only way to write the ledger. Takes the fields of an event, adds position, time, role and hashes.',
  'event_hash($S.ledger)': 'The hash that an event must have. Null for an unknown hash version.',
  'ledger_witness()':
    'What shows later whether somebody switched the triggers of the ledger off and on again.',
  'verify_ledger()':
    'Proves the hash chain: one row with ok = true, or one row for each problem. Events cut off at the end are found only with a digest kept elsewhere.',
  'commit_fence()': 'Trigger that stops a COMMIT which hygiene did not send.',
  'check_append()': 'Trigger that refuses events which do not continue the chain.',
  'refuse_change()': 'Trigger that refuses UPDATE, DELETE and TRUNCATE of the ledger.',
  'create_archive(regclass, text, text)':
    'Makes an empty archive table like a table that the caller may read: source, name, kind. Works with the rights of its owner; who may execute it may read and fill what it makes.',
  'create_list(regclass, text[], text)':
    'Makes the empty list of a migration in batches: source, columns of its key (none: by place), name. Works with the rights of its owner.',
  'drop_archive(text)':
    'Drops an archive table, for hygiene archive prune. Works with the rights of its owner.',
  'drop_list(text)':
    'Drops the list of a migration in batches. Works with the rights of its owner.',
  'readable_table(regclass)':
    'The quoted name of a table, if the caller may read it and the owner of the archive may use its schema.',
  'share_archive(text)':
    'Lets everybody who may execute create_archive read and fill a table of the archive.',
};

const SCHEMA_COMMENT =
  'hygiene: the ledger of data cleanups. Start with: select * from status; select * from history; select * from verify_ledger().';

const ARCHIVE_COMMENT =
  'hygiene: rows removed by cleanups, kept for restore until their retention ends. Holds PERSONAL DATA: grant it to nobody who may not see the original tables, and leave it out of copies for development.';

export function commentsSql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  return [
    comment('schema', schema, SCHEMA_COMMENT),
    comment('schema', quoteIdentifier(names.archiveSchema), ARCHIVE_COMMENT),
    ...Object.entries(relations).flatMap(([name, relation]) => [
      '',
      comment(relation.kind, `${schema}.${name}`, relation.comment),
      ...Object.entries(relation.columns).map(([column, text]) =>
        comment('column', `${schema}.${name}.${column}`, text),
      ),
    ]),
    '',
    ...Object.entries(functions).map(([signature, text]) =>
      comment('function', `${schema}.${signature.replace('$S', () => schema)}`, text),
    ),
    '',
  ].join('\n');
}

function comment(kind: string, name: string, text: string): string {
  return `comment on ${kind} ${name} is\n  ${quoteLiteral(text)};`;
}
