/** Every option of the command line, once. Commands name the ones that are their own. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly describe: string;
  /** Read where the option is not given; null: there is none of our own. */
  readonly variable: string | null;
  readonly group: 'Target' | 'Project' | 'Limits' | 'Output' | 'Command';
  readonly choices?: readonly string[];
}

/** Every command takes these. */
export const sharedOptions = {
  'database-url': {
    type: 'string',
    describe: 'Database (or HYGIENE_DATABASE_URL, DATABASE_URL)',
    // The target reads HYGIENE_DATABASE_URL itself, since it comes after --env.
    variable: null,
    group: 'Target',
  },
  env: {
    type: 'string',
    describe: 'Entry of the knexfile',
    variable: 'HYGIENE_ENV',
    group: 'Target',
  },
  embedded: {
    type: 'boolean',
    describe: 'The embedded database in .hygiene/, for trials',
    variable: 'HYGIENE_EMBEDDED',
    group: 'Target',
  },
  knexfile: {
    type: 'string',
    describe: 'Knexfile, if it is not in the working directory',
    variable: 'HYGIENE_KNEXFILE',
    group: 'Target',
  },
  'env-file': {
    type: 'string',
    describe: 'File of variables; those that are set already win',
    variable: 'HYGIENE_ENV_FILE',
    group: 'Target',
  },
  dir: {
    type: 'string',
    describe: 'Directory of the migrations [hygiene]',
    variable: 'HYGIENE_DIR',
    group: 'Project',
  },
  config: {
    type: 'string',
    describe: 'Config file [config.ts or .js in the directory]',
    variable: 'HYGIENE_CONFIG',
    group: 'Project',
  },
  'lock-timeout': {
    type: 'string',
    describe: 'Seconds to wait for another run [60]',
    variable: 'HYGIENE_LOCK_TIMEOUT',
    group: 'Limits',
  },
  'row-lock-timeout': {
    type: 'string',
    describe: 'Seconds to wait for rows and tables [3]',
    variable: 'HYGIENE_ROW_LOCK_TIMEOUT',
    group: 'Limits',
  },
  'statement-timeout': {
    type: 'string',
    describe: 'Seconds that one statement may take, 0: no limit [60; with --maintenance 0]',
    variable: 'HYGIENE_STATEMENT_TIMEOUT',
    group: 'Limits',
  },
  json: {
    type: 'boolean',
    describe: 'One JSON document instead of text',
    variable: 'HYGIENE_JSON',
    group: 'Output',
  },
  'no-color': {
    type: 'boolean',
    describe: 'No colours (or NO_COLOR)',
    variable: 'HYGIENE_NO_COLOR',
    group: 'Output',
  },
  'log-level': {
    type: 'string',
    describe: 'Log on stderr [warn]',
    variable: 'HYGIENE_LOG_LEVEL',
    group: 'Output',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
  },
  'log-file': {
    type: 'string',
    describe: 'File that gets the log too',
    variable: 'HYGIENE_LOG_FILE',
    group: 'Output',
  },
  'log-dir': {
    type: 'string',
    describe: 'Where `up` leaves its cleanup_log files [hygiene/logs]',
    variable: 'HYGIENE_LOG_DIR',
    group: 'Output',
  },
} as const satisfies Record<string, OptionSpec>;

export const confirmOption: OptionSpec = {
  type: 'string',
  describe: 'Name of the database, where production must be confirmed',
  variable: 'HYGIENE_CONFIRM',
  group: 'Command',
};

export const planOption: OptionSpec = {
  type: 'string',
  describe: 'Do what this file of `plan --out` says, or nothing',
  variable: 'HYGIENE_PLAN',
  group: 'Command',
};

export const backupProofOption: OptionSpec = {
  type: 'string',
  describe: 'File that says which backup there is, where one is demanded',
  variable: 'HYGIENE_BACKUP_PROOF',
  group: 'Command',
};

export const backupProofCommandOption: OptionSpec = {
  type: 'string',
  describe: 'Line for the shell that prints it, in place of a file',
  variable: 'HYGIENE_BACKUP_PROOF_COMMAND',
  group: 'Command',
};

export const programsOption: OptionSpec = {
  type: 'string',
  describe: 'Directory of pg_dump and pg_restore [PATH]',
  variable: 'HYGIENE_PG_BIN',
  group: 'Command',
};

export const execOrderOption: OptionSpec = {
  type: 'string',
  describe: 'What to do with files older than the newest applied one [linear]',
  variable: 'HYGIENE_EXEC_ORDER',
  group: 'Command',
  choices: ['linear', 'linear-skip', 'non-linear'],
};

export const maintenanceOption: OptionSpec = {
  type: 'boolean',
  describe: 'The application is stopped: tables may be locked as a whole',
  variable: 'HYGIENE_MAINTENANCE',
  group: 'Command',
};

export const allowConnectionsOption: OptionSpec = {
  type: 'boolean',
  describe: 'With --maintenance: the connections that are open do no harm',
  variable: 'HYGIENE_ALLOW_CONNECTIONS',
  group: 'Command',
};

/** Has no variable: what is set once for all runs is no reason. */
export const outsideWindowOption: OptionSpec = {
  type: 'string',
  describe: 'Why it must be outside of the allowed hours; it is recorded',
  variable: null,
  group: 'Command',
};

export const strategyOption: OptionSpec = {
  type: 'string',
  describe: 'How rows are removed, where the planner shall not choose',
  variable: 'HYGIENE_STRATEGY',
  group: 'Command',
  choices: ['delete', 'detach', 'rewrite'],
};

/** How migrations with `transaction: 'batched'` go on. */
export const batchOptionSpecs = {
  'max-duration': {
    type: 'string',
    describe: 'Stop between two batches after 90, 90s, 10m or 2h [no end]',
    variable: 'HYGIENE_MAX_DURATION',
    group: 'Command',
  },
  'batch-size': {
    type: 'string',
    describe: 'Rows of the first batch; later ones follow --batch-target [500]',
    variable: 'HYGIENE_BATCH_SIZE',
    group: 'Command',
  },
  'batch-target': {
    type: 'string',
    describe: 'Seconds that a batch should take [0.5]',
    variable: 'HYGIENE_BATCH_TARGET',
    group: 'Command',
  },
  'batch-timeout': {
    type: 'string',
    describe: 'Seconds that a statement of a batch may take before it is halved [10]',
    variable: 'HYGIENE_BATCH_TIMEOUT',
    group: 'Command',
  },
  'max-replica-lag': {
    type: 'string',
    describe: 'Seconds that a replica may be behind before batches wait [5]',
    variable: 'HYGIENE_MAX_REPLICA_LAG',
    group: 'Command',
  },
} as const satisfies Record<string, OptionSpec>;

export const exitCodeOption: OptionSpec = {
  type: 'boolean',
  describe: 'Exit with 3 when something is pending',
  variable: 'HYGIENE_EXIT_CODE',
  group: 'Command',
};

/** Of some commands only, but with a variable, so that they may be set for all runs. */
export const variableOptions: Readonly<Record<string, OptionSpec>> = {
  confirm: confirmOption,
  plan: planOption,
  'backup-proof': backupProofOption,
  'backup-proof-command': backupProofCommandOption,
  'pg-bin': programsOption,
  'exec-order': execOrderOption,
  maintenance: maintenanceOption,
  'allow-connections': allowConnectionsOption,
  strategy: strategyOption,
  ...batchOptionSpecs,
  'exit-code': exitCodeOption,
};

/** An option that makes sense only as a part of one command line has no variable. */
export function ownOption(type: OptionSpec['type'], describe: string): OptionSpec {
  return { type, describe, variable: null, group: 'Command' };
}
