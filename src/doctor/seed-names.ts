const SEED_WORDS = new Set(['seed', 'seeds', 'seeder', 'seeders', 'seeding']);

/** In company of these the word means something else. */
const OTHER_MEANINGS = new Set(
  'random rng prng rand faker torrent webtorrent phrase mnemonic wallet peer peers node nodes'.split(
    ' ',
  ),
);

const TEST_WORDS = new Set(
  'test tests testing e2e spec specs cypress playwright jest vitest mocha integration fixture fixtures mock mocks'.split(
    ' ',
  ),
);

/** `prisma/seedUsers.ts` is prisma, seed, users, ts. */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
}

/** Whether a script, a target, or a file is named after seeding a database. */
export function isSeedName(name: string): boolean {
  const words = wordsOf(name);
  return words.some((word) => SEED_WORDS.has(word)) && !words.some((w) => OTHER_MEANINGS.has(w));
}

/** Whether a script, a job, or a file is there for tests only. */
export function isTestName(name: string): boolean {
  return wordsOf(name).some((word) => TEST_WORDS.has(word));
}
