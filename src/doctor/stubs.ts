import { type Exports, exportsOf, MODULE, type ModuleSystem } from './modules.ts';
import { STUB_MARK } from './seed-files.ts';

export interface StubInput {
  /** Relative to the repository. */
  readonly file: string;
  readonly original: string;
  readonly system: ModuleSystem;
  /** Markers of databases that may be seeded; none: nowhere. */
  readonly allow: readonly string[];
  /** How the stub loads the original, such as `./seed.original.mjs`. */
  readonly originalSpecifier: string;
}

const REFUSED = 7;

/** What stands in place of a seed file: it says why and exits with 7, run or called. */
export function stubOf(input: StubInput): string {
  const { file, original, allow } = input;
  const [shebang] = /^#![^\n]*\n/.exec(original) ?? [''];
  if (!MODULE.test(file)) return `${shebang === '' ? '#!/bin/sh\n' : shebang}${shellStub()}`;
  const exported = exportsOf(original);
  const lines = [
    `// ${STUB_MARK}.`,
    ...(allow.length === 0
      ? ['// The original is in the history of this file.', '']
      : [`// It runs only against a database that is marked ${allow.join(' or ')}.`, '']),
    ...(allow.length === 0 ? [] : environmentLines(input)),
    ...refuseLines(input),
    ...(allow.length === 0 ? [] : demandLines(input)),
    ...exportLines(input, exported),
    ...runLines(input, exported),
  ];
  return `${shebang}${lines.join('\n')}\n`;
}

function shellStub(): string {
  return [
    `# ${STUB_MARK}.`,
    '# The original is in the history of this file.',
    `echo '${MESSAGE.join(' ')}' >&2`,
    `exit ${REFUSED}`,
    '',
  ].join('\n');
}

const MESSAGE = [
  'Seeding is refused: this project takes seed data out of its databases, and this file would put it back.',
  'Rows that a test needs belong into that test; reference data belongs into a schema migration.',
];

function refuseLines({ file, allow }: StubInput): readonly string[] {
  const type = isTyped(file) ? ': never' : '';
  return [
    `function refuse()${type} {`,
    '  console.error(',
    `    '${MESSAGE[0] ?? ''} ' +`,
    `      '${MESSAGE[1] ?? ''}'${allow.length === 0 ? ',' : ' +'}`,
    ...(allow.length === 0
      ? []
      : [`      ' It runs only against a database that is marked: ${allow.join(', ')}.',`]),
    '  );',
    `  process.exit(${REFUSED});`,
    '}',
    '',
  ];
}

function isTyped(file: string): boolean {
  return /\.[cm]?ts$/.test(file);
}

/** The marker is asked for by the tool itself, which reads the same settings as every command. */
function environmentLines({ system }: StubInput): readonly string[] {
  const needs = [
    ['{ spawnSync }', 'node:child_process'],
    ['{ readFileSync }', 'node:fs'],
    ['{ createRequire }', 'node:module'],
    ['{ dirname, join }', 'node:path'],
  ] as const;
  return [
    ...needs.map(([what, from]) =>
      system === 'esm' ? `import ${what} from '${from}';` : `const ${what} = require('${from}');`,
    ),
    '',
    'function environment() {',
    '  try {',
    "    const project = createRequire(join(process.cwd(), 'package.json'));",
    "    const manifest = project.resolve('pg-hygiene/package.json');",
    "    const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));",
    "    const ask = [join(dirname(manifest), bin.hygiene), 'ledger', '--limit', '1', '--json'];",
    "    const { stdout } = spawnSync(process.execPath, ask, { encoding: 'utf8' });",
    '    return JSON.parse(stdout).environment;',
    '  } catch {',
    '    return null;',
    '  }',
    '}',
    '',
  ];
}

function demandLines({ allow }: StubInput): readonly string[] {
  const names = allow.map((name) => `'${name}'`).join(', ');
  return [
    'function demandMarker() {',
    `  if (![${names}].includes(environment())) refuse();`,
    '}',
    '',
  ];
}

function exportLines(input: StubInput, { names, hasDefault }: Exports): readonly string[] {
  if (names.length === 0 && !hasDefault) return [];
  if (input.allow.length > 0) return passingLines(input, { names, hasDefault });
  if (input.system === 'esm') {
    const list = [...names, ...(hasDefault ? ['default'] : [])].map((name) => `refuse as ${name}`);
    return [`export { ${list.join(', ')} };`, ''];
  }
  return [
    ...(hasDefault ? ['module.exports = refuse;'] : []),
    ...names.map((name) => `module.exports.${name} = refuse;`),
    '',
  ];
}

/** Each export asks for the marker first, then does what the original does. */
function passingLines(
  { file, system, originalSpecifier }: StubInput,
  { names, hasDefault }: Exports,
): readonly string[] {
  const parameters = isTyped(file) ? '...given: any[]' : '...given';
  const load = `await import('${originalSpecifier}')`;
  const passing = (name: string, value: string): readonly string[] => [
    `async function ${name}(${parameters}) {`,
    '  demandMarker();',
    `  const original${isTyped(file) ? ': any' : ''} = ${load};`,
    `  return (original${value} ?? original.default${value})(...given);`,
    '}',
  ];
  const functions = names.map((name) => passing(`${name}Original`, `.${name}`));
  const defaults = hasDefault
    ? [
        passing('defaultOriginal', '').map((line) =>
          line.replace(
            '(original ?? original.default)',
            '(original.default?.default ?? original.default)',
          ),
        ),
      ]
    : [];
  const assigned =
    system === 'esm'
      ? [
          `export { ${[...names.map((name) => `${name}Original as ${name}`), ...(hasDefault ? ['defaultOriginal as default'] : [])].join(', ')} };`,
        ]
      : [
          ...(hasDefault ? ['module.exports = defaultOriginal;'] : []),
          ...names.map((name) => `module.exports.${name} = ${name}Original;`),
        ];
  return [...[...functions, ...defaults].flat(), '', ...assigned, ''];
}

/** A file that exports nothing is there to be run; others are only refused when they are. */
function runLines(
  { file, original, allow, originalSpecifier }: StubInput,
  { names, hasDefault }: Exports,
): readonly string[] {
  const run =
    allow.length === 0
      ? ['refuse();']
      : ['demandMarker();', ...startLines(original, originalSpecifier)];
  if (names.length === 0 && !hasDefault) return run;
  return [
    "const started = (process.argv[1] ?? '').replace(/\\\\/g, '/').replace(/\\.[cm]?[jt]s$/, '');",
    `if (started.endsWith('/${file.replace(MODULE, '')}')) {`,
    ...run.map((line) => `  ${line}`),
    '}',
  ];
}

/** A file that looks whether it is the one that was started has to be started, not imported. */
function startLines(original: string, specifier: string): readonly string[] {
  if (!/require\.main|import\.meta\.main|process\.argv\s*\[\s*1/.test(original)) {
    return [`void import('${specifier}');`];
  }
  return [
    "const path = (process.argv[1] ?? '').replace(/(\\.[cm]?[jt]s)?$/, '.original$1');",
    'const run = [...process.execArgv, path, ...process.argv.slice(2)];',
    "process.exit(spawnSync(process.execPath, run, { stdio: 'inherit' }).status ?? 1);",
  ];
}

/** `prisma/seed.ts` becomes `prisma/seed.original.ts`. */
export function originalName(file: string): string {
  return file.replace(/(\.[^./]+)$/, '.original$1');
}
