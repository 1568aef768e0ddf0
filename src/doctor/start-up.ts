import type { Finding } from './finding.ts';
import { importsOf, masked } from './modules.ts';
import { lineOf } from './place.ts';
import { nameOf, type Repository } from './repository.ts';
import { isSeedName, isTestName } from './seed-names.ts';
import { fileSeeds } from './seed-files.ts';

const START =
  /^(?:server|app|main|index|start|bootstrap|www|worker|setup|instrumentation|app\.module)\.[cm]?[jt]sx?$/;

/** `seedDatabase(`, `runSeeds(`, `db.seed(`: but neither a definition nor a random number generator. */
const CALL =
  /(?<![\w$])(?:(?:[\w$]+\.)*)((?:run|load|insert|create|apply|ensure|do|maybe)?_?[sS]eed(?:s|er|ers|ing)?(?:[A-Z_]\w*)?)\s*\((?!\s*[\d'"`])/g;
const RANDOM = /(?:random|rng|prng|faker|chance|Math|noise|mersenne|casual|falso)\w*\.$/i;

/** Calls that seed in the code with which an application starts. They are told and never edited. */
export function startUpFindings(repository: Repository): readonly Finding[] {
  return repository.files
    .filter((file) => START.test(nameOf(file)) && !isTestName(file) && !isSeedName(file))
    .flatMap((file) => inFile(repository, file, repository.text(file) ?? ''));
}

function inFile(repository: Repository, file: string, text: string): readonly Finding[] {
  if (!/seed/i.test(text)) return [];
  const code = masked(text);
  const imported = importsOf(repository, file, text).filter(
    (each) =>
      (each.file !== null && fileSeeds(repository, each.file)) || each.name === 'drizzle-seed',
  );
  const calls = [...code.matchAll(CALL)].filter(({ 0: call, 1: name = '', index }) => {
    const owner = call.slice(0, call.lastIndexOf(name));
    const before = code.slice(Math.max(0, index - 12), index);
    if (/\b(?:function\*?|class|new)\s+$/.test(before) || RANDOM.test(owner)) return false;
    // A bare `seed()` may be anything, unless it comes from a file that seeds.
    return (
      !/^_?seed$/.test(name) ||
      imported.length > 0 ||
      /\b(?:db|database|knex|prisma)\b/i.test(owner)
    );
  });
  const first = calls[0];
  const lines = calls.map(({ 1: name = '', index }) => ({ name, line: lineOf(text, index) }));
  if (first === undefined) {
    const bare = imported.find(({ offset }) => isRunByImport(code, offset));
    if (bare === undefined) return [];
    lines.push({ name: bare.name, line: lineOf(text, bare.offset) });
  }
  return lines.map(({ name, line }) => ({
    ...{ kind: 'start-up code', file, line, level: 'finding', fixable: false },
    what: `calls ${name} when the application starts`,
    proposal: 'Take the call out: an application that starts must not write seed data.',
  }));
}

/** `import './seed'` and a bare `require('./seed')` run the file. */
function isRunByImport(code: string, offset: number): boolean {
  return /(?:^|[;\n{])\s*(?:await\s+)?$/.test(code.slice(Math.max(0, offset - 20), offset));
}
