'use strict';

// Imports in src/ go one way. From the top (may use everything below) to the bottom (uses nothing).
// Folders of one row do not know each other, but for the exceptions in `alsoUses`.
const rows = [
  ['cli'],
  ['dashboard'],
  ['app'],
  ['report'],
  ['runner', 'demo', 'doctor', 'backup', 'fleet'],
  ['authoring'],
  ['executor', 'scanner', 'ledger', 'archive', 'guard'],
  ['policy'],
  ['planner'],
  ['catalog'],
  ['database', 'programs'],
  ['kernel'],
];

const alsoUses = { executor: ['archive'] };

const reasons = {
  cli: 'The command line is the outermost layer: it may use every other.',
  dashboard: 'Pages show what operations return; they must work without a command line.',
  app: 'Operations return data and print nothing, so that commands, pages and programs share them.',
  report: 'A report is made from finished results; it must not be able to start anything.',
  runner: 'Running migrations must not depend on who asked for it or on how the result is shown.',
  demo: 'The demo is a user of the layers below; nothing in it may reach the real run.',
  doctor: 'The doctor reads repositories and settings; it must not run migrations.',
  backup: 'Taking and proving a backup is a job of its own, usable before there is any migration.',
  fleet: 'Working on many databases adds no knowledge about one of them.',
  authoring: 'What a migration author writes is a description; it must not know who executes it.',
  executor: 'The executor does what a plan says; it must not read files or decide policy outcomes.',
  scanner: 'Finding data must be impossible to combine with removing it.',
  ledger: 'The ledger records facts, whoever produced them.',
  archive: 'Archiving and restoring copy rows; they know nothing about why.',
  guard: 'A seed guard is a constraint; it must not depend on the run that asked for it.',
  policy: 'Policy is a pure decision about a plan, so that it can be tested without a database.',
  planner: 'Planning is pure: catalog and selection in, plan out.',
  catalog: 'The catalog describes a schema; what is done with it is decided above.',
  database: 'Connections, sessions and locks must not know what they are used for.',
  programs: 'Running another program must not know which one, or why.',
  kernel: 'Errors, identifiers and ports are used by all, so they can use none.',
};

function below(folder) {
  const row = rows.findIndex((names) => names.includes(folder));
  return [folder, ...(alsoUses[folder] ?? []), ...rows.slice(row + 1).flat()];
}

const layers = rows.flat().map((folder) => ({
  name: `layer-${folder}`,
  comment: reasons[folder],
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^(src|test|hygiene|bench|scripts)/', pathNot: `^src/(${below(folder).join('|')})/` },
}));

const pure =
  '^src/((kernel|planner|policy|report|scanner/(detectors|vocabulary|roles|groups|rule))/|catalog/(model|graph)[.]ts$)';

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'known-folder',
      comment: 'A new folder needs a place in the order above before anything is put into it.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(${rows.flat().join('|')})/` },
    },
    {
      name: 'public-api-is-for-others',
      comment: 'src/index.ts re-exports for users; inside, import the file that defines the thing.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/index[.]ts$' },
    },
    {
      name: 'pure-code',
      comment:
        'Pure folders get data and return data: fast to load, and testable with every input.',
      severity: 'error',
      from: { path: pure },
      to: {
        path: [
          '^src/database/',
          'node_modules/(@electric-sql|jiti|knex|pg|pg-[^/]+|pino|umzug|yargs)/',
          '^(node:)?(child_process|cluster|dgram|dns|fs|http|http2|https|net|os|readline|tls|worker_threads)(/|$)',
        ],
      },
    },
    {
      name: 'drivers-in-database',
      comment: 'Only database/ loads a driver; the rest sees its interface or a type.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/database/' },
      to: { path: 'node_modules/(@electric-sql|pg)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'knex-on-demand',
      comment:
        'knex is slow to load: import its types, and import() it where an author asks for it.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: 'node_modules/knex/', dependencyTypesNot: ['type-only'], dynamic: false },
    },
    {
      name: 'parser-in-cli',
      comment: 'Flags end at the command line; a library user never loads yargs.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: 'node_modules/yargs/' },
    },
    {
      name: 'server-in-dashboard',
      comment:
        'Only the dashboard answers requests; a report may use the components, and nothing else.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/dashboard/' },
      to: {
        path: 'node_modules/(@hono|hono)/',
        pathNot: 'node_modules/hono/.*/(jsx|helper/html)/',
      },
    },
    {
      name: 'umzug-in-runner',
      comment: 'umzug is slow to load and has traps; one folder wraps it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/runner/' },
      to: { path: 'node_modules/umzug/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one thing, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere is not checked by any rule above.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-tools',
      comment: 'They are not installed with the package. zod is put into its files.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        pathNot: 'node_modules/zod/',
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['npm', 'npm-optional', 'npm-peer', 'type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
