interface Tool {
  readonly program: RegExp;
  readonly seeds: RegExp;
}

/** Programs that have a command for seeding, and that command. */
export const TOOLS: readonly Tool[] = [
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
const INERT = wordSet(`
  echo printf git grep rm cp mv ls mkdir touch chmod cat head tail wc diff sed awk jq tar zip curl aws
  test [ export unset cd hygiene pg-hygiene
  tsc swc esbuild tsup webpack eslint prettier biome oxlint shellcheck jest vitest mocha playwright cypress`);

/** They only set up the command that follows. */
const PREFIXES = wordSet(`
  then do else elif if while until ! { ( @ - -- time exec sudo nohup
  npx bunx pnpx env cross-env dotenv dotenvx`);

/** The words of the command itself, without what sets it up. */
function commandWords(texts: readonly string[]): readonly string[] {
  const at = texts.findIndex(
    (text) => !PREFIXES.has(text) && !/^(?:[A-Za-z_]\w*=|-|\w+\(\)$)/.test(text),
  );
  return at === -1 ? [] : texts.slice(at);
}

export function isInert(texts: readonly string[]): boolean {
  const [first = ''] = commandWords(texts);
  return INERT.has(programOf(first));
}

/** `./node_modules/.bin/knex.js` is knex. */
export function programOf(word: string): string {
  const name = word.split('/').at(-1) ?? '';
  return name.replace(/^@(?=\w)/, '').replace(/\.(?:[cm]?js|cmd)$/, '');
}

const TEST_SETTING = /^(?:NODE_ENV|RAILS_ENV|APP_ENV|ENV|ENVIRONMENT|MIX_ENV)=test(?:ing)?$/i;

/** By its own variables or options. */
export function saysTestEnvironment(texts: readonly string[]): boolean {
  return texts.some(
    (text, at) =>
      TEST_SETTING.test(text) ||
      /^--env(?:ironment)?=test(?:ing)?$/.test(text) ||
      (/^(?:--env|-e|--environment)$/.test(text) && /^test(?:ing)?$/.test(texts[at + 1] ?? '')),
  );
}

const INTERPRETERS = wordSet(`
  node tsx ts-node ts-node-dev ts-node-esm ts-node-script swc-node bun deno vite-node babel-node esno jiti
  sh bash zsh ash python python3 ruby php`);
const TAKE_VALUES = wordSet(`
  -r --require --import --loader --env-file -P --project -c -O --compiler-options -e --eval --tsconfig`);
const SCRIPT_FILE = /\.(?:[cm]?[jt]s|sh|bash|py|rb|php)$/;

/** The files that a command may run: what an interpreter is given, what is started by its path, or is named. */
export function runFiles(texts: readonly string[]): readonly string[] {
  const own = commandWords(texts);
  const at = own.findIndex((text) => INTERPRETERS.has(programOf(text)));
  if (at === -1) {
    const [first = ''] = own;
    const isPath = first.includes('/') && !first.includes('node_modules');
    return isPath ? [first] : own.filter((text) => SCRIPT_FILE.test(text));
  }
  const rest = own.slice(at + 1);
  const given = rest.filter(
    (text, index) =>
      !text.startsWith('-') && text !== 'run' && !TAKE_VALUES.has(rest[index - 1] ?? ''),
  );
  return given.slice(0, 1);
}

export function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
