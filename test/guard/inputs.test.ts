import { beforeAll, expect, test } from '@jest/globals';

import { countOf } from '../engine/witness.ts';
import { Workbench } from '../engine/workbench.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { GUARD, guardConstraints, ID, PEOPLE, purgePeople } from './guarded.ts';

const UNGUARDED = '20260102000000_purge_nobody';

let database: TestDatabase;
let bench: Workbench;

beforeAll(async () => {
  database = await freshDatabase();
  await database.execute(PEOPLE);
  bench = new Workbench(database.url)
    .write(`${ID}.ts`, purgePeople())
    .write(`${UNGUARDED}.ts`, purgePeople('', "rows('people', sql`name = 'Nobody'`)"));
  const { error } = await bench.up();
  if (error !== null) throw error;
});

test.each([
  ['guard drop', 2, 'HYG_USAGE'],
  [`guard drop ${ID}`, 2, 'HYG_USAGE'],
  [`guard drop nobody --reason x`, 2, 'HYG_LEDGER_UNKNOWN_ID'],
  ['guard add nobody', 2, 'HYG_LEDGER_UNKNOWN_ID'],
  ['guard list nobody', 2, 'HYG_LEDGER_UNKNOWN_ID'],
  [`guard drop ${UNGUARDED} --reason x`, 2, 'HYG_GUARD_NOT_FOUND'],
  [`guard add ${UNGUARDED}`, 2, 'HYG_GUARD_NOT_FOUND'],
  [`guard add ${UNGUARDED} --print-sql`, 2, 'HYG_GUARD_NOT_FOUND'],
  [`guard add ${ID}`, 7, 'HYG_REFUSED_GUARD_STATE'],
  ['guard mend', 2, 'HYG_USAGE'],
])(
  '%s names nothing or comes too late: refused, and nothing is written',
  async (line, exit, code) => {
    const before = await countOf(database, 'hygiene.ledger');
    const { code: ended, stderr } = await runCli(line.split(' '), {
      cwd: bench.directory,
      variables: { DATABASE_URL: database.url },
    });
    expect([ended, stderr]).toEqual([exit, expect.stringContaining(`error ${code}: `)]);
    expect(await countOf(database, 'hygiene.ledger')).toBe(before);
    expect(await guardConstraints(database)).toMatchObject([{ name: GUARD, valid: true }]);
  },
);
