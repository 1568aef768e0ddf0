import { placesOf } from './places/all-places.ts';
import type { Place } from './place.ts';
import { type CommandReading, readCommand } from './read-command.ts';
import { folderOf, nameOf, type Repository } from './repository.ts';
import type { Knowledge } from './seed-commands.ts';
import { commandFile, fileSeeds } from './seed-files.ts';

/** A command of the repository that seeds. */
export interface CommandUse {
  readonly place: Place;
  readonly knowledge: Knowledge;
  readonly reading: CommandReading;
  /** `tests`: only for them. `both`: a script that tests run too. `nobody`: a shell script that nothing runs. */
  readonly by: 'tests' | 'both' | 'nobody' | 'deploys';
}

/** Every command that seeds, and who runs it. */
export function usesOf(repository: Repository): readonly CommandUse[] {
  const places = placesOf(repository);
  const callables = new Callables(repository, places);
  const read = places.map((place) => {
    const knowledge = callables.knowledgeOf(place);
    return { place, knowledge, reading: readCommand(place.text, knowledge, place) };
  });
  const seeding = read.filter(({ reading }) => reading.found.length > 0);
  const ofTests = calledByTests(seeding);
  return seeding.map((use) => ({ ...use, by: callersOf(use, places, ofTests) }));
}

type ReadPlace = Omit<CommandUse, 'by'>;

function callersOf(
  { place }: ReadPlace,
  places: readonly Place[],
  ofTests: ReadonlySet<string>,
): CommandUse['by'] {
  if (place.isForTests) return 'tests';
  if (ofTests.has(keyOf(place.callable))) return 'both';
  const isCalled =
    place.label !== 'script' ||
    places.some((each) => each.file !== place.file && each.text.includes(nameOf(place.file)));
  return isCalled ? 'deploys' : 'nobody';
}

function keyOf(callable: Place['callable']): string {
  return callable === null ? '' : `${callable.kind} ${callable.name}`;
}

/** Scripts and targets that tests run, directly or through others. */
function calledByTests(uses: readonly ReadPlace[]): ReadonlySet<string> {
  const called = new Set<string>();
  let before = -1;
  while (called.size > before) {
    before = called.size;
    for (const { place, reading } of uses) {
      const isTest = place.isForTests || called.has(keyOf(place.callable));
      for (const key of callsOf(reading, isTest)) called.add(key);
    }
  }
  return called;
}

/** Those that the command runs for tests; all of them where the whole command is for tests. */
function callsOf({ found }: CommandReading, isTest: boolean): readonly string[] {
  return found.flatMap(({ calls, isForTests }) =>
    calls !== null && (isTest || isForTests) ? [keyOf(calls)] : [],
  );
}

/** What scripts and targets do, each read at most once. */
class Callables {
  readonly #repository: Repository;
  readonly #places = new Map<string, Place[]>();
  readonly #prisma: readonly Place[];
  readonly #seeds = new Map<string, boolean>();
  #isReadingPrisma = false;

  constructor(repository: Repository, places: readonly Place[]) {
    this.#repository = repository;
    this.#prisma = places.filter(({ setting }) => setting === 'prisma');
    for (const place of places) {
      if (place.callable === null) continue;
      const key = keyOf(place.callable);
      this.#places.set(key, [...(this.#places.get(key) ?? []), place]);
    }
  }

  knowledgeOf(place: Place): Knowledge {
    return {
      scriptSeeds: (name) => this.#callableSeeds({ kind: 'script', name }),
      targetSeeds: (name) => this.#callableSeeds({ kind: 'target', name }),
      prismaSeeds: () => this.#prismaSeeds(),
      fileSeeds: (path) => {
        const file = commandFile(this.#repository, folderOf(place.file), path);
        return file === null ? null : { path: file, seeds: fileSeeds(this.#repository, file) };
      },
    };
  }

  #prismaSeeds(): ReturnType<Knowledge['prismaSeeds']> {
    if (this.#prisma.length === 0) return null;
    // The setting may run a script that runs Prisma again.
    if (this.#isReadingPrisma) return { seeds: false, file: null };
    this.#isReadingPrisma = true;
    const found = this.#prisma.flatMap(
      (place) => readCommand(place.text, this.knowledgeOf(place), place).found,
    );
    this.#isReadingPrisma = false;
    const [first] = found;
    return { seeds: first !== undefined, file: first?.file ?? null };
  }

  /** Null where there is none of that name. */
  #callableSeeds(callable: NonNullable<Place['callable']>): boolean | null {
    const key = keyOf(callable);
    const places = this.#places.get(key);
    if (places === undefined) return null;
    const known = this.#seeds.get(key);
    if (known !== undefined) return known;
    // Scripts may call each other in a circle.
    this.#seeds.set(key, false);
    const isWhole = (place: Place): boolean =>
      !place.isForTests && readCommand(place.text, this.knowledgeOf(place), place).isWhole;
    const seeds = callable.kind === 'script' ? places.some(isWhole) : places.every(isWhole);
    this.#seeds.set(key, seeds);
    return seeds;
  }
}
