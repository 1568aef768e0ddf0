import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, test } from '@jest/globals';

import { countOf, events } from '../engine/witness.ts';
import { evidenceOf, purgeDemoUsers, Workbench } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { expectRestoreRefused } from './expect-restore.ts';

const ID = '20260101000000_purge';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
  bench.write(
    'config.ts',
    "import { defineConfig } from 'pg-hygiene'; export default defineConfig({ retentionDays: 10 });",
  );
});

const cli = (line: string): Promise<CliRun> =>
  runCli(line.split(' '), { cwd: bench.directory, variables: { DATABASE_URL: database.url } });

const json = async (line: string): Promise<Record<string, unknown>> =>
  (await cli(`${line} --json`)).json();

const archivedBefore = (days: number): Promise<void> =>
  database.execute(
    `update hygiene.archives set created_at = now() - interval '${days} days' + interval '1 hour'`,
  );

describe('archive list', () => {
  test('has each table with rows, size, age and the days that are left', async () => {
    evidenceOf(await bench.up());
    await archivedBefore(3);
    const { archives, retentionDays } = await json('archive list');
    expect(retentionDays).toBe(10);
    expect(archives).toHaveLength(5);
    expect(archives).toContainEqual({
      migrationId: ID,
      generation: 1,
      source: 'users',
      archive: 'hygiene_archive."20260101000000_g1_users"',
      kind: 'rows',
      stage: 1,
      rows: 300,
      bytes: expect.any(Number),
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      daysLeft: 8,
    });
    const { code, stdout } = await cli('archive');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/users +rows +300 .* kB .*8\n/)]);
    expect(stdout).toContain('1,600 rows in 5 tables');
  });

  test('says what is gone, what has ended, and that nothing is there', async () => {
    expect((await cli('archive list')).stdout).toContain('Nothing is archived.');
    evidenceOf(await bench.up());
    await archivedBefore(11);
    await database.execute('drop table hygiene_archive."20260101000000_g1_users"');
    const { stdout } = await cli('archive list');
    expect(stdout).toMatch(/users +rows +300 +gone .*ended\n/);
    expect(stdout).toContain('Next: hygiene archive prune --dry-run');
    expect((await cli('archive list 20990101000000_no')).code).toBe(2);
  });
});

describe('archive prune', () => {
  test('keeps what its retention still holds, and says how long', async () => {
    evidenceOf(await bench.up());
    await archivedBefore(9.5);
    const { code, stdout } = await cli('archive prune');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`kept      ${ID}  generation 1`)]);
    expect(stdout).toContain('(1 day left)');
    expect(stdout).toContain('No archive is older than 10 days.');
    expect(await countOf(database, 'hygiene.archives')).toBe(5);
  });

  test('drops what is older, with an event for each migration; then restore says so', async () => {
    evidenceOf(await bench.up());
    await archivedBefore(10.5);
    const tried = await cli('archive prune --dry-run');
    expect(tried.stdout).toContain('5 archive tables with 1,600 rows would be dropped.');
    expect(await events(database)).toEqual(['started', 'applied']);
    expect(await json('archive prune')).toMatchObject({
      outcome: 'pruned',
      applications: [{ migrationId: ID, generation: 1, kept: null, archives: { length: 5 } }],
    });
    expect(await countOf(database, "pg_tables where schemaname = 'hygiene_archive'")).toBe(0);
    expect(await countOf(database, 'hygiene.archives')).toBe(0);
    expect(await events(database)).toEqual(['started', 'applied', 'archive_pruned']);
    await expectRestoreRefused(
      { bench, database, id: ID },
      { code: 'HYG_REFUSED_NOT_RESTORABLE', exit: 7, says: ['was pruned on', 'Only a backup'] },
    );
    expect(await json('archive prune')).toMatchObject({ outcome: 'nothing to do' });
  });

  test('an application goes as a whole, when the youngest of its tables is old enough', async () => {
    evidenceOf(await bench.up());
    await archivedBefore(20);
    await database.execute(
      "update hygiene.archives set created_at = now() where source_table = 'reports'",
    );
    expect(await json('archive prune')).toMatchObject({ outcome: 'nothing to do' });
    expect(await countOf(database, 'hygiene.archives')).toBe(5);
  });

  test('takes one generation and leaves the next, and other days where they are given', async () => {
    evidenceOf(await bench.up());
    await archivedBefore(5);
    await bench.restore(ID);
    await bench.reapply(ID);
    evidenceOf(await bench.up());
    expect(await json(`archive prune ${ID} --older-than 4`)).toMatchObject({
      outcome: 'pruned',
      retentionDays: 4,
      applications: [
        { generation: 1, kept: null },
        { generation: 2, kept: '4 days left' },
      ],
    });
    await bench.restore(ID);
    expect(await countOf(database, 'users')).toBe(320);
    expect((await cli('archive prune --older-than x')).code).toBe(2);
  });
});

describe('archive export', () => {
  const to = (): string => join(bench.directory, 'out');

  test('writes every row as a line of JSON, and a manifest with counts and hashes', async () => {
    evidenceOf(await bench.up());
    const report = await json(`archive export ${ID} --to out`);
    expect(report).toMatchObject({ outcome: 'exported', directory: join(to(), ID) });
    const manifest = JSON.parse(readFileSync(join(to(), ID, 'manifest.json'), 'utf8')) as {
      files: { file: string; rows: number; sha256: string; source: string; kind: string }[];
    };
    expect(manifest).toMatchObject({ version: 1, migration: ID, database: database.name });
    expect(manifest.files).toHaveLength(5);
    for (const { file, rows, sha256 } of manifest.files) {
      const written = readFileSync(join(to(), ID, file), 'utf8');
      expect(written.trimEnd().split('\n')).toHaveLength(rows);
      expect(createHash('sha256').update(written).digest('hex')).toBe(sha256);
    }
    expect(manifest.files).toContainEqual(
      expect.objectContaining({ source: 'users', file: '20260101000000_g1_users.jsonl' }),
    );
    const text = readFileSync(join(to(), ID, '20260101000000_g1_users.jsonl'), 'utf8');
    const [first = ''] = text.split('\n');
    expect(Object.keys(JSON.parse(first) as object)).toContain('email');
    expect(await events(database)).toEqual(['started', 'applied', 'archive_exported']);
    expect(readdirSync(to())).toEqual([ID]);
  });

  test('is refused where an export is already, and writes nothing', async () => {
    evidenceOf(await bench.up());
    await cli(`archive export ${ID} --to out`);
    const again = await cli(`archive export ${ID} --to out`);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('HYG_CONFIG_EXISTS')]);
    expect(await events(database)).toEqual(['started', 'applied', 'archive_exported']);
  });

  test('leaves no half file when it fails on the way', async () => {
    evidenceOf(await bench.up());
    await database.execute('drop table hygiene_archive."20260101000000_g1_users"');
    const failed = await cli(`archive export ${ID} --to out`);
    expect(failed.code).toBe(1);
    expect(readdirSync(to())).toEqual([]);
    expect(await events(database)).toEqual(['started', 'applied']);
  });

  test('says where it could not write', async () => {
    evidenceOf(await bench.up());
    mkdirSync(to());
    writeFileSync(join(to(), 'file'), '');
    const failed = await cli(`archive export ${ID} --to out/file`);
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('HYG_RUN_EXPORT')]);
  });

  test('needs a migration that has an archive, and a directory', async () => {
    evidenceOf(await bench.up());
    expect((await cli(`archive export ${ID}`)).code).toBe(2);
    expect((await cli('archive export 20990101000000_no --to out')).code).toBe(2);
    await archivedBefore(20);
    await cli('archive prune');
    const refused = await cli(`archive export ${ID} --to out`);
    expect([refused.code, refused.stderr]).toEqual([
      7,
      expect.stringContaining('has no archive in this database'),
    ]);
  });
});
