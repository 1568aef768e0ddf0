/**
 * Scans every case of the corpora, and prints how many rows were judged rightly:
 * `npm run corpora -- [development|held-out] [CASE] [--misses] [--write]`. Misses of the held-out part are never
 * printed, so that nobody tunes on them. `--write` keeps the scores, which the suite holds the scan against.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { committed, readScores, SCORES_FILE } from '../test/scanner/corpus/committed-scores.ts';
import { readPart, type CorpusCase } from '../test/scanner/corpus/corpus-case.ts';
import { evaluate, type Scores, summed } from '../test/scanner/corpus/evaluate.ts';
import { loadCase } from '../test/scanner/corpus/load-case.ts';
import { flaggedLines, missLines, scoreLines } from '../test/scanner/corpus/render-scores.ts';
import { scanCase } from '../test/scanner/corpus/scan-case.ts';
import { createDatabase } from '../test/support/cloned-database.ts';
import { startPostgresServer } from '../test/support/postgres-server.ts';

const [part = 'development', only = ''] = process.argv
  .slice(2)
  .filter((each) => !each.startsWith('-'));
/** More than every hash needs on an ordinary machine. */
const PASSWORD_SECONDS = 20;

const folder = join(import.meta.dirname, '../test/scanner/corpora', part);
const cwd = mkdtempSync(join(tmpdir(), 'hygiene-corpora-'));

async function scoresOf(corpusCase: CorpusCase): Promise<Scores> {
  const database = await createDatabase();
  try {
    await loadCase(database, corpusCase);
    return evaluate(corpusCase, await scanCase(database, cwd, PASSWORD_SECONDS));
  } finally {
    await database.drop();
  }
}

const server = await startPostgresServer();
process.env['HYGIENE_TEST_SERVER'] = server.url;
try {
  const scores = new Map<string, Scores>();
  for (const each of readPart(folder).filter(({ name }) => name.includes(only))) {
    scores.set(each.name, await scoresOf(each));
  }
  const all = summed([...scores.values()]);
  console.log(scoreLines(new Map([...scores, ['all', all]])).join('\n'));
  console.log(['', ...flaggedLines(all)].join('\n'));
  if (process.argv.includes('--misses') && part !== 'held-out') {
    console.log(['', ...missLines(all)].join('\n'));
  }
  if (process.argv.includes('--write')) {
    const kept = { ...readScores(), [part]: committed(all) };
    writeFileSync(SCORES_FILE, `${JSON.stringify(kept, null, 2)}\n`);
  }
} finally {
  await server.stop();
}
