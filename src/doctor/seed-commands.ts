import {
  isInert,
  programOf,
  runFiles,
  saysTestEnvironment,
  TOOLS,
  wordSet,
} from './command-words.ts';
import { isSeedName, isTestName } from './seed-names.ts';
import type { Word } from './shell-commands.ts';

/** What is known of the repository when a command is read. */
export interface Knowledge {
  /** Whether a script of package.json does nothing but seed; null: there is no such script. */
  readonly scriptSeeds: (name: string) => boolean | null;
  /** The same of a target of a Makefile. */
  readonly targetSeeds: (name: string) => boolean | null;
  /** Whether the seed command that is set for Prisma seeds, and by which file; null: none is set. */
  readonly prismaSeeds: () => { readonly seeds: boolean; readonly file: string | null } | null;
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

const RUNNERS = wordSet('npm yarn pnpm bun turbo lerna nx rush npm-run-all run-s run-p');
const RUNS_MANY = /^(?:npm-run-all|run-[sp])$/;
const MAKE = /^(?:make|\$\(MAKE\))$/;
const NO_SCRIPT = wordSet(`
  install i add remove rm ci uninstall link why view info version update audit publish create init exec
  dlx x`);
const VALUE_FLAGS = wordSet('-w --workspace --filter -F -C --cwd --prefix workspace --dir --scope');

/** Whether a command would put seed data into a database, and how. */
export function seedingOf(words: readonly Word[], knowledge: Knowledge): Seeding | null {
  const texts = words.map(({ text }) => text);
  const found = sqlFile(texts) ?? (isInert(texts) ? null : run(words, texts, knowledge));
  if (found === null) return null;
  const isForTests = saysTestEnvironment(texts) || isTestName(found.file ?? '');
  return { file: null, word: null, calls: null, ...found, isForTests };
}

function run(words: readonly Word[], texts: readonly string[], knowledge: Knowledge): Found | null {
  return script(words, knowledge) ?? tool(texts, knowledge) ?? file(texts, knowledge);
}

type Found = Pick<Seeding, 'what'> & Partial<Seeding>;

function sqlFile(texts: readonly string[]): Found | null {
  if (!texts.some((text) => programOf(text) === 'psql')) return null;
  const path = texts
    .map((text) => text.replace(/^(?:--file=|-f|<)(?=.)/, ''))
    .find((text) => /\.sql(?:\.gz)?$/.test(text) && isSeedName(text));
  return path === undefined ? null : { what: `loads ${path}` };
}

function tool(texts: readonly string[], knowledge: Knowledge): Found | null {
  for (const [at, text] of texts.entries()) {
    const rest = ` ${texts.slice(at + 1).join(' ')}`;
    const program = programOf(text);
    const known = TOOLS.find((each) => each.program.test(program) && each.seeds.test(rest));
    const verb = known?.seeds.exec(rest)?.[0].trim();
    if (verb === undefined) continue;
    const what = `runs ${program} ${verb}`;
    return program === 'prisma' ? ofPrisma(what, knowledge) : { what };
  }
  // Started by path or through a wrapper: these commands are the tools' own.
  const verb = texts.find((text) => /^(?:seed:run|db:seed|db:seed:all)$/.test(text));
  return verb === undefined ? null : { what: `runs ${verb}` };
}

/** It runs what the setting says; where that refuses, so does this. */
function ofPrisma(what: string, knowledge: Knowledge): Found | null {
  const setting = knowledge.prismaSeeds();
  if (setting === null) return { what };
  return setting.seeds ? { what, file: setting.file } : null;
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
  const [name] = names.filter(({ text }) => text !== 'run' && text !== 'run-script');
  // Of bun, which runs files too.
  return name === undefined || /[/.]/.test(name.text) ? [] : [name];
}

function file(texts: readonly string[], knowledge: Knowledge): Found | null {
  for (const path of runFiles(texts)) {
    const known = knowledge.fileSeeds(path);
    if (known?.seeds === true) return { what: `runs ${path}`, file: known.path };
    if (known === null && isSeedName(path)) return { what: `runs ${path}` };
  }
  return null;
}
