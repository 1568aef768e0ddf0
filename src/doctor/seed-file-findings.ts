import type { CommandUse } from './command-uses.ts';
import type { FileChange, Finding } from './finding.ts';
import { MODULE, moduleSystemOf } from './modules.ts';
import { lineOf } from './place.ts';
import { nameOf, type Repository } from './repository.ts';
import { fileSeeds, usersOf } from './seed-files.ts';
import { knexSeedFolders, type SeedFolder } from './settings-files.ts';
import { originalName, stubOf } from './stubs.ts';

/** Files that a command runs and that seed, and the folders of seeds that a knexfile names. */
export function seedFileFindings(
  repository: Repository,
  uses: readonly CommandUse[],
  allow: readonly string[],
): readonly Finding[] {
  const files = calledFiles(uses).map((file): Finding => {
    const obstacle = obstacleOf(repository, file, { uses, allow });
    return {
      ...{ kind: 'seed file', file, line: 1, what: 'writes seed data, and commands run it' },
      ...{ level: 'finding', fixable: obstacle === null },
      proposal:
        obstacle ??
        (allow.length === 0
          ? '--fix puts a stub in its place, which says why and exits with 7.'
          : `--fix keeps it as ${nameOf(originalName(file))}, for databases marked ${allow.join(' or ')}.`),
    };
  });
  return [
    ...files,
    ...knexSeedFolders(repository).flatMap((each) =>
      folderFinding(repository, each, { uses, allow }),
    ),
  ];
}

interface Circumstances {
  readonly uses: readonly CommandUse[];
  readonly allow: readonly string[];
}

function folderFinding(
  repository: Repository,
  folder: SeedFolder,
  circumstances: Circumstances,
): readonly Finding[] {
  const seeds = armedSeeds(repository, folder);
  if (seeds.length === 0) return [];
  const { file, offset } = folder;
  const shown = `${String(seeds.length)} ${seeds.length === 1 ? 'file' : 'files'}`;
  const obstacle = folderObstacle(circumstances);
  return [
    {
      ...{ kind: 'setting', file, line: lineOf(repository.text(file) ?? '', offset) },
      what: `knex seed:run would run ${shown} of ${folder.folder}`,
      proposal: obstacle ?? '--fix puts a stub in place of each, which says why and exits with 7.',
      ...{ level: 'finding', fixable: obstacle === null },
    },
  ];
}

function folderObstacle({ uses, allow }: Circumstances): string | null {
  if (allow.length > 0)
    return 'knex runs whatever is in that folder: --fix without --allow disarms it.';
  const isForTests = uses.some(({ by, reading }) =>
    reading.found.some(
      ({ what, isForTests: ofTests }) =>
        what.includes('seed:run') && (by === 'tests' || by === 'both' || ofTests),
    ),
  );
  return isForTests ? 'Tests run them too, so they stay: give tests a folder of their own.' : null;
}

/** In a folder of seeds everything is one, but for what is a stub already. */
function armedSeeds(repository: Repository, { seeds }: SeedFolder): readonly string[] {
  return seeds.filter((file) => fileSeeds(repository, file));
}

/** The stubs that `--fix` writes, and with `--allow` the originals beside them. */
export function seedFileStubs(
  repository: Repository,
  uses: readonly CommandUse[],
  allow: readonly string[],
): readonly FileChange[] {
  const called = calledFiles(uses).filter(
    (file) => obstacleOf(repository, file, { uses, allow }) === null,
  );
  const folders = folderObstacle({ uses, allow }) === null ? knexSeedFolders(repository) : [];
  const ofKnex = folders.flatMap((each) => armedSeeds(repository, each));
  return [...new Set([...called, ...ofKnex])].flatMap((file) =>
    stubChanges(repository, file, allow),
  );
}

function stubChanges(
  repository: Repository,
  file: string,
  allow: readonly string[],
): readonly FileChange[] {
  const original = repository.text(file) ?? '';
  const system = moduleSystemOf(repository, file, original);
  const beside = originalName(file);
  const text = stubOf({
    file,
    original,
    system,
    allow,
    originalSpecifier: specifierOf(beside, system),
  });
  const stub = { file, text, what: 'a stub that refuses', isNew: false };
  if (allow.length === 0) return [stub];
  return [
    { file: beside, text: original, what: `the original of ${nameOf(file)}`, isNew: true },
    { ...stub, what: `runs the original only where the marker is ${allow.join(' or ')}` },
  ];
}

/** TypeScript names what a module is compiled to; CommonJS finds it without an ending. */
function specifierOf(file: string, system: 'esm' | 'cjs'): string {
  const name = `./${nameOf(file)}`;
  if (!name.endsWith('.ts')) return name.replace(/\.([cm])ts$/, '.$1js');
  return name.replace(/\.ts$/, system === 'esm' ? '.js' : '');
}

function calledFiles(uses: readonly CommandUse[]): readonly string[] {
  const files = uses
    .filter(({ by }) => by !== 'tests' && by !== 'nobody')
    .flatMap(({ reading }) => reading.found)
    .flatMap(({ file, isForTests }) => (file === null || isForTests ? [] : [file]));
  return [...new Set(files)];
}

/** Why a file is left to a person; null where a stub can take its place. */
function obstacleOf(
  repository: Repository,
  file: string,
  { uses, allow }: Circumstances,
): string | null {
  const byTests = uses.some(
    ({ by, reading }) =>
      (by === 'tests' || by === 'both') && reading.found.some((found) => found.file === file),
  );
  if (byTests)
    return 'Tests run it too, so it stays: give them a file of their own, then fix this one.';
  const users = usersOf(repository, file);
  if (users.length > 0) {
    return `${users.slice(0, 3).join(', ')} would load the stub: take that out first.`;
  }
  if (MODULE.test(file)) return null;
  return allow.length === 0 && /\.(?:sh|bash)$/.test(file)
    ? null
    : 'Delete it, or keep it out of what is deployed: no stub can be made for it.';
}
