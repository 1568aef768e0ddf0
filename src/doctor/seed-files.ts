import { folderOf, joined, nameOf, type Repository } from './repository.ts';
import { importsOf, masked, MODULE, resolved } from './modules.ts';
import { isSeedName, isTestName } from './seed-names.ts';

/** In every stub, so that it is known again. */
export const STUB_MARK = 'Seeding was disarmed by `hygiene doctor --fix`';

const SEEDING_LIBRARIES = /^(?:drizzle-seed|@snaplet\/seed|typeorm-seeding|prisma-seed)$/;
const SEEDING_CALLS = /\.seed\.run\s*\(|\brunSeeders?\s*\(/;
const WRITES =
  /\binsert\b|\bcreateMany\b|\.create\s*\(|\.save\s*\(|\.upsert\s*\(|\.bulkCreate\s*\(|\.query\s*\(|\$executeRaw|\.push\s*\(\s*schema/i;
const DATABASES =
  /^(?:pg|postgres|knex|typeorm|sequelize|drizzle-orm|mongoose|kysely|slonik|pg-promise)(?:\/|$)|prisma|mikro-orm|supabase/;

function isStub(text: string): boolean {
  return text.includes(STUB_MARK);
}

/** Whether running a file would put seed data into a database. What is named so, and writes to one, does. */
export function fileSeeds(repository: Repository, file: string): boolean {
  const text = repository.text(file);
  if (text === null || isStub(text)) return false;
  if (/\.(?:sh|bash)$/.test(file))
    return isSeedName(nameOf(file)) && /\binsert\s+into\b|\bcopy\b.*\bfrom\b/i.test(text);
  if (!MODULE.test(file)) return isNamedSo(file) && /\.(?:py|rb|php|sql|exs)$/.test(file);
  return moduleSeeds(repository, file, text);
}

function moduleSeeds(repository: Repository, file: string, text: string): boolean {
  const imports = importsOf(repository, file, text);
  const code = masked(text);
  if (imports.some(({ name }) => SEEDING_LIBRARIES.test(name)) || SEEDING_CALLS.test(code))
    return true;
  const usesDatabase = imports.some(({ name }) => DATABASES.test(name));
  const makesUp = imports.some(({ name }) =>
    /^(?:@faker-js\/faker|faker|@ngneat\/falso)(?:\/|$)/.test(name),
  );
  const writes = WRITES.test(code);
  if (makesUp && writes && usesDatabase) return true;
  const hasParts = imports.some((each) => each.file !== null && isSeedName(each.name));
  // Seeds of knex and sequelize get their connection as an argument.
  return isNamedSo(file) && (writes || usesDatabase || hasParts);
}

function isNamedSo(file: string): boolean {
  const folder = nameOf(folderOf(file));
  return isSeedName(nameOf(file)) || /^(?:seed|seeds|seeders)$/.test(folder);
}

/** The file of a command such as `node prisma/seed`, wherever the command is run. */
export function commandFile(repository: Repository, folder: string, path: string): string | null {
  const inSources = path.replace(/^(?:\.\/)?(?:dist|build|out|lib)\//, 'src/');
  for (const each of [path, ...(inSources === path ? [] : [inSources])]) {
    const found = path.startsWith('/')
      ? inImage(repository, each)
      : besides(repository, folder, each);
    if (found !== null) return found;
  }
  return null;
}

function besides(repository: Repository, folder: string, path: string): string | null {
  const folders = folder === '' ? [''] : [folder, folderOf(folder), ''];
  for (const each of folders) {
    const found = resolved(repository, each, path);
    if (found !== null) return found;
  }
  return null;
}

/** `/app/scripts/seed.sh` in an image is `scripts/seed.sh` here. */
function inImage(repository: Repository, path: string): string | null {
  const parts = path.split('/').filter((part) => part !== '');
  for (let at = 0; at < parts.length; at += 1) {
    const found = joined('', parts.slice(at).join('/'));
    if (found !== null && repository.has(found)) return found;
  }
  const sameName = repository.files.filter((file) => nameOf(file) === parts.at(-1));
  return sameName.length === 1 ? (sameName[0] ?? null) : null;
}

/** Files of the application that load a module; tests and other seed files do not count. */
export function usersOf(repository: Repository, file: string): readonly string[] {
  const name = nameOf(file).replace(MODULE, '');
  return repository.files.filter((each) => {
    if (each === file || !MODULE.test(each) || isTestName(each) || isNamedSo(each)) return false;
    const text = repository.text(each);
    if (text === null || !(text.includes(name) || name === 'index')) return false;
    return importsOf(repository, each, text).some((found) => found.file === file);
  });
}
