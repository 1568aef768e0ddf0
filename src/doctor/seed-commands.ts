import { isSeedName, isTestName } from './seed-names.ts';
import type { Word } from './shell-commands.ts';

/** What is known of the repository when a command is read. */
export interface Knowledge {
  /** Whether a script of package.json does nothing but seed; null: there is no such script. */
  readonly scriptSeeds: (name: string) => boolean | null;
  /** The same of a target of a Makefile. */
  readonly targetSeeds: (name: string) => boolean | null;
  /** Whether the file that a command runs would seed; null: there is no such file. */
  readonly fileSeeds: (path: string) => { readonly path: string; readonly seeds: boolean } | null;
}

export interface Seeding {
  /** What would happen, such as `runs knex seed:run`. */
  readonly what: string;
  /** The file that is run, if it is in the repository. */
  readonly file: string | null;
  /** The script or target that is run. */
  readonly calls: { readonly kind: 'script' | 'target'; readonly name: string } | null;
  /** True: the command itself says that it is for tests. */
  readonly isForTests: boolean;
  /** Only this word of the command seeds, such as one script of `run-s a b`. */
  readonly word: Word | null;
}

interface Tool {
  readonly program: RegExp;
  readonly seeds: RegExp;
}

const TOOLS: readonly Tool[] = [
  { program: /^knex$/, seeds: / seed:run\b/ },
  { program: /^prisma$/, seeds: / db seed\b/ },
  { program: /^sequelize(?:-cli)?$/, seeds: / db:seed(?::all)?(?= |$)/ },
  { program: /^typeorm-(?:extension|seeding)$/, seeds: / seed(?::run)?(?= |$)/ },
  { program: /^mikro-orm$/, seeds: / (?:seeder:run\b|schema:fresh .*--seed\b)/ },
  { program: /^(?:rails|rake)$/, seeds: / db:(?:seed|setup|reset)(?::replant)?(?= |$)/ },
  { program: /^artisan$/, seeds: / (?:db:seed\b|migrate\S* .*--seed\b)/ },
  { program: /^manage\.py$/, seeds: / loaddata\b/ },
  { program: /^mix$/, seeds: / run .*seeds?\.exs\b/ },
  { program: /^(?:snaplet|supabase|medusa)$/, seeds: / seed(?= |$)/ },
  { program: /^ace$/, seeds: / db:seed\b/ },
];

/** Nothing that follows them is run. */
const INERT = new Set(
  `echo printf git grep rm cp mv ls mkdir touch chmod cat test [ tsc eslint prettier jest vitest mocha
   playwright cypress hygiene pg-hygiene export unset cd source . docker-compose-v1 COPY ADD`.split(
    /\s+/,
  ),
);
const PREFIXES = new Set(
  `then do else elif if while until ! { ( time exec sudo nohup npx bunx pnpx env cross-env dotenv dotenvx
   -- @ - exec`.split(/\s+/),
);
const RUNNERS = new Set('npm yarn pnpm bun turbo lerna nx rush npm-run-all run-s run-p'.split(' '));
const RUNS_MANY = /^(?:npm-run-all|run-[sp])$/;
const MAKE = /^(?:make|\$\(MAKE\))$/;
const NO_SCRIPT = new Set(
  'install i add remove rm ci uninstall link why view info version update audit publish create init exec dlx x'.split(
    ' ',
  ),
);
const VALUE_FLAGS = new Set(
  '-w --workspace --filter -F -C --cwd --prefix workspace --dir --scope'.split(' '),
);
const INTERPRETERS =
  /^(?:node|tsx|ts-node|ts-node-dev|ts-node-esm|ts-node-script|bun|deno|vite-node|babel-node|esno|jiti|sh|bash|zsh|ash|python3?|ruby|php|swc-node)$/;
const TEST_SETTING = /^(?:NODE_ENV|RAILS_ENV|APP_ENV|ENV|ENVIRONMENT|MIX_ENV)=test(?:ing)?$/i;

/** Whether a command would put seed data into a database, and how. */
export function seedingOf(words: readonly Word[], knowledge: Knowledge): Seeding | null {
  const texts = words.map(({ text }) => text);
  const isForTests = texts.some((text) => TEST_SETTING.test(text)) || namesTestEnvironment(texts);
  const found =
    sqlFile(texts) ??
    (isInert(texts) ? null : (script(words, knowledge) ?? tool(texts) ?? file(texts, knowledge)));
  if (found === null) return null;
  const ofTests = isForTests || (found.file !== undefined && isTestName(found.file ?? ''));
  return { file: null, word: null, calls: null, ...found, isForTests: ofTests };
}

type Found = Pick<Seeding, 'what'> & Partial<Seeding>;

/** The words of the command itself, without what sets it up. */
function commandWords(texts: readonly string[]): readonly string[] {
  const at = texts.findIndex(
    (text) => !PREFIXES.has(text) && !/^(?:[A-Za-z_]\w*=|-|\w+\(\)$)/.test(text),
  );
  return at === -1 ? [] : texts.slice(at);
}

function isInert(texts: readonly string[]): boolean {
  const [first = ''] = commandWords(texts);
  return INERT.has(programOf(first));
}

/** `./node_modules/.bin/knex.js` is knex. */
function programOf(word: string): string {
  const name = word.split('/').at(-1) ?? '';
  return name.replace(/^@(?=\w)/, '').replace(/\.(?:[cm]?js|cmd)$/, '');
}

function namesTestEnvironment(texts: readonly string[]): boolean {
  return texts.some(
    (text, at) =>
      /^--env(?:ironment)?=test(?:ing)?$/.test(text) ||
      (/^(?:--env|-e|--environment)$/.test(text) && /^test(?:ing)?$/.test(texts[at + 1] ?? '')),
  );
}

function sqlFile(texts: readonly string[]): Found | null {
  if (!texts.some((text) => programOf(text) === 'psql')) return null;
  const path = texts
    .map((text) => text.replace(/^(?:--file=|-f|<)(?=.)/, ''))
    .find((text) => /\.sql(?:\.gz)?$/.test(text) && isSeedName(text));
  return path === undefined ? null : { what: `loads ${path}` };
}

function tool(texts: readonly string[]): Found | null {
  for (const [at, text] of texts.entries()) {
    const rest = ` ${texts.slice(at + 1).join(' ')}`;
    const program = programOf(text);
    const known = TOOLS.find((each) => each.program.test(program) && each.seeds.test(rest));
    const verb = known?.seeds.exec(rest)?.[0].trim();
    if (verb !== undefined) return { what: `runs ${program} ${verb}` };
  }
  // Started by path or through a wrapper: these commands are the tools' own.
  const verb = texts.find((text) => /^(?:seed:run|db:seed|db:seed:all)$/.test(text));
  return verb === undefined ? null : { what: `runs ${verb}` };
}

/** A script of package.json, or a target of a Makefile, that seeds. */
function script(words: readonly Word[], knowledge: Knowledge): Found | null {
  const at = words.findIndex(({ text }) => RUNNERS.has(text) || MAKE.test(text));
  const runner = words[at]?.text;
  if (runner === undefined) return null;
  const kind = MAKE.test(runner) ? 'target' : 'script';
  const takesMany = kind === 'target' || RUNS_MANY.test(runner);
  const names = namesAfter(words.slice(at + 1));
  const candidates = takesMany ? names : scriptNames(names);
  const seeds = kind === 'target' ? knowledge.targetSeeds : knowledge.scriptSeeds;
  const found = candidates.find(({ text }) => seeds(nameFor(runner, text)) ?? isSeedName(text));
  if (found === undefined) return null;
  const name = nameFor(runner, found.text);
  const word = takesMany && candidates.length > 1 ? found : null;
  return { what: `runs the ${kind} ${name}`, calls: { kind, name }, word };
}

/** `nx run api:seed` names the project first. */
function nameFor(runner: string, name: string): string {
  return runner === 'nx' ? name.replace(/^.*:/, '') : name;
}

/** Without flags and the values that belong to them. */
function namesAfter(words: readonly Word[]): readonly Word[] {
  const end = words.findIndex(({ text }) => text === '--' || text === '|');
  return words
    .slice(0, end === -1 ? undefined : end)
    .filter(({ text }, at) => !text.startsWith('-') && !VALUE_FLAGS.has(words[at - 1]?.text ?? ''))
    .filter(({ text }) => !VALUE_FLAGS.has(text));
}

/** `npm run seed`, `yarn seed`: one name; what follows it are its arguments. */
function scriptNames(names: readonly Word[]): readonly Word[] {
  if (NO_SCRIPT.has(names[0]?.text ?? '')) return [];
  return names.filter(({ text }) => text !== 'run' && text !== 'run-script').slice(0, 1);
}

function file(texts: readonly string[], knowledge: Knowledge): Found | null {
  const path = runFile(texts);
  if (path === null) return null;
  const known = knowledge.fileSeeds(path);
  if (known === null) return isSeedName(path) ? { what: `runs ${path}` } : null;
  return known.seeds ? { what: `runs ${path}`, file: known.path } : null;
}

/** The file that an interpreter is given, or that is started by its path. */
function runFile(texts: readonly string[]): string | null {
  const [first = ''] = commandWords(texts);
  const at = texts.findIndex((text) => INTERPRETERS.test(programOf(text)));
  if (at !== -1) {
    const rest = texts.slice(at + 1);
    const path = rest.find(
      (text, index) => !text.startsWith('-') && text !== 'run' && !takesValue(rest[index - 1]),
    );
    return path ?? null;
  }
  return first.includes('/') && !first.includes('node_modules') ? first : null;
}

function takesValue(flag: string | undefined): boolean {
  return /^(?:-r|--require|--import|--loader|--env-file|-P|--project|-c)$/.test(flag ?? '');
}
