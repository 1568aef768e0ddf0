import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import {
  archiveExportOperation,
  archiveListOperation,
  archivePruneOperation,
} from '../../src/app/operations/archive.ts';
import type { Connection } from '../../src/database/connection.ts';
import { rawSql } from '../../src/kernel/sql.ts';
import { evidenceOf, migration, purgeDemoUsers } from '../engine/workbench.ts';
import { onEmbedded, onServer, type SampleProject } from '../contract/both-projects.ts';

const PURGE = '20260101000000_purge_demo_users';
const SCRUB = '20260102000000_scrub_names';
/** Rehearse, apply, restore, list, export and prune; what each says, without times. */
async function story({
  bench,
  where,
  open,
}: SampleProject): Promise<Readonly<Record<string, unknown>>> {
  bench
    .write(`${PURGE}.ts`, purgeDemoUsers())
    .write(
      `${SCRUB}.ts`,
      migration({ up: "scrub(rows('users', sql`id % 2 = 0`), { set: { name: 'Somebody' } })" }),
    );
  const before = await contentsOf(open);
  const options = { ...bench.options(where), id: PURGE };
  const rehearsed = await bench.rehearse(null, where);
  const report = await bench.up(where);
  evidenceOf(report, 1);
  const restored = [await bench.restore(SCRUB, where), await bench.restore(PURGE, where)];
  const listed = await archiveListOperation(bench.world(), options);
  const exported = await archiveExportOperation(bench.world(), { ...options, to: 'out' });
  const files = readdirSync(join(bench.directory, 'out', PURGE)).sort();
  const pruned = await archivePruneOperation(bench.world(), {
    ...options,
    olderThanDays: 1,
    dryRun: false,
  });
  return {
    isAsBefore: (await contentsOf(open)) === before,
    rehearsed: rehearsed.results.map(({ id, outcome }) => [
      id,
      outcome.kind,
      'rehearsal' in outcome && outcome.rehearsal.compared,
    ]),
    restored: restored.map(({ tables }) =>
      tables.map(({ table, kind, restored: rows }) => [table.name.toString(), kind, rows]),
    ),
    listed: listed.archives.map(({ source, rows }) => [source.toString(), rows]),
    exported: exported.files.map(({ file, rows, sha256 }) => [file, rows, sha256.length]),
    files,
    pruned: pruned.applications.map(({ kept }) => kept),
  };
}

async function contentsOf(open: () => Promise<Connection>): Promise<string> {
  const connection = await open();
  const tables = ['users', 'live_sessions', 'payments', 'subscriptions', 'reports', 'admins'];
  const texts: string[] = [];
  for (const table of tables) {
    const { rows } = await connection.query<{ hash: string }>(
      rawSql(
        `select md5(string_agg(row(t.*)::text, ',' order by row(t.*)::text)) as hash from ${table} t`,
      ),
    );
    texts.push(`${table} ${rows[0]?.hash ?? ''}`);
  }
  await connection.close();
  return texts.join('\n');
}

describe('the way back', () => {
  let server: Readonly<Record<string, unknown>>;
  let embedded: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    server = await onServer(story);
    embedded = await onEmbedded(story);
  }, 180_000);

  test('leads to the start on a server', () => {
    expect(server).toMatchObject({ isAsBefore: true, pruned: ['1 day left'] });
  });

  test('is the same in the embedded database', () => {
    expect(embedded).toEqual(server);
  });
});
