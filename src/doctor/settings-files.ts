import { masked, MODULE } from './modules.ts';
import { type Place, REFUSED } from './place.ts';
import { folderOf, joined, nameOf, type Repository } from './repository.ts';

const KNEXFILE = /^knexfile\.[cm]?[jt]s$/;
const PRISMA_CONFIG = /^prisma\.config\.[cm]?[jt]s$/;

/** `migrations: { seed: 'tsx prisma/seed.ts' }` of a prisma.config file. */
export function prismaConfigPlaces(file: string, text: string): readonly Place[] {
  if (!PRISMA_CONFIG.test(nameOf(file))) return [];
  const code = masked(text);
  return [...text.matchAll(/\bseed\s*:\s*(['"`])((?:(?!\1)[^\\\n])*)\1/g)]
    .filter(({ index }) => code.startsWith('seed', index))
    .map(({ 0: found, 1: quote = "'", 2: command = '', index }) => ({
      ...{ file, start: index + found.length - command.length - 1, end: index + found.length - 1 },
      ...{ text: command, lineBreaks: 'separate' as const, label: 'migrations.seed' },
      ...{ isForTests: false, instead: REFUSED, callable: null, setting: 'prisma' as const },
      written: (changed: string) => (changed.includes(quote) ? null : changed),
    }));
}

export interface SeedFolder {
  /** The knexfile that names it. */
  readonly file: string;
  readonly offset: number;
  readonly folder: string;
  readonly seeds: readonly string[];
}

/** Folders that `seeds: { directory: '…' }` of a knexfile names, with the seed files in them. */
export function knexSeedFolders(repository: Repository): readonly SeedFolder[] {
  return repository.files
    .filter((file) => KNEXFILE.test(nameOf(file)))
    .flatMap((file) => foldersOf(repository, file, repository.text(file) ?? ''));
}

function foldersOf(repository: Repository, file: string, text: string): readonly SeedFolder[] {
  const code = masked(text);
  const byFolder = new Map<string, SeedFolder>();
  for (const { index } of code.matchAll(/\bseeds\s*:\s*\{[^{}]*\}/g)) {
    const end = code.indexOf('}', index);
    const [, written] =
      /\bdirectory\s*:[^,}]*?['"`]([^'"`$]+)['"`]/.exec(text.slice(index, end)) ?? [];
    const folder =
      written === undefined ? null : joined(folderOf(file), written.replace(/^\//, ''));
    if (folder === null) continue;
    const seeds = repository.files.filter((each) => folderOf(each) === folder && MODULE.test(each));
    byFolder.set(folder, byFolder.get(folder) ?? { file, offset: index, folder, seeds });
  }
  return [...byFolder.values()];
}
