import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { purgeDemoUsers } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { useDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

const ID = '20260101000000_purge_demo_users';

const database = useDatabase('sample.sql');
let cwd: string;

/** One applied migration, one that failed, and an event whose note has all that CSV must quote. */
beforeAll(async () => {
  cwd = createProject({
    migrations: {
      [`${ID}.ts`]: purgeDemoUsers().replace(
        'export default defineHygiene({',
        "export default defineHygiene({ ticket: 'OPS-7',",
      ),
      '20260102000000_too_many.ts': purgeDemoUsers({
        options: 'budget: { min: 9 }',
        verify: "await expect.atLeast('admins', 0);",
      }),
    },
  });
  await hygiene('up');
  await database.query(`select hygiene.append_event($1)`, [
    {
      event: 'backup',
      note: 'a "quoted" line,\r\nand another; Zoë',
      ticket: '',
      tool_version: '1',
    },
  ]);
});

function hygiene(...argv: readonly string[]): Promise<CliRun> {
  return runCli(argv, {
    cwd,
    variables: { DATABASE_URL: database.url, HYGIENE_LOG_DIR: join(cwd, 'logs'), GITHUB_SHA: 'x' },
  });
}

describe('hygiene ledger show', () => {
  test('prints everything of the event of a number', async () => {
    const { code, stdout } = await hygiene('ledger', 'show', '2');
    expect(code).toBe(0);
    const recorded = await database.query<{ line: string }>(`
      select format('%-14s%s', name, value) as line
        from hygiene.ledger
       cross join lateral (
         values ('run', run_id::text), ('checksum', checksum), ('hash', hash), ('follows', prev_hash)
       ) as facts (name, value)
       where seq = 2`);
    for (const said of [
      ...recorded.map(({ line }) => line),
      'event 2: applied',
      `migration     ${ID}`,
      'generation    1',
      'ticket        OPS-7',
      'role: postgres',
      `database: ${database.name}`,
      'table          planned  archived  removed  changed  strategy',
      'live_sessions      600       600      600        0  delete',
      'payments             0         0        0      300  delete',
      'label: none of users where email',
      'description: Remove the demo accounts',
    ]) {
      expect(stdout).toContain(said);
    }
  });

  test('prints all events of the migration of an id, with why it failed', async () => {
    const { stdout } = await hygiene('ledger', 'show', '20260102000000_too_many');
    expect([...stdout.matchAll(/^event (.*)$/gm)].map(([, event]) => event)).toEqual([
      '3: started',
      '4: failed',
    ]);
    expect(stdout).toMatch(/error {9}\S[^]*code: HYG_REFUSED_BUDGET/);
  });

  test('with --json it is the events, in the fields of the list', async () => {
    const shown = (await hygiene('ledger', 'show', '2', '--json')).json();
    const listed = (await hygiene('ledger', '--json')).json();
    expect(shown['events']).toEqual([(listed['events'] as unknown[])[1]]);
  });

  test.each([
    ['nothing', ['show'], 'HYG_USAGE'],
    ['a number beyond the head', ['show', '99'], 'HYG_LEDGER_UNKNOWN_ID'],
    ['no event 0', ['show', '0'], 'HYG_LEDGER_UNKNOWN_ID'],
    ['a number that no computer counts', ['show', '9'.repeat(30)], 'HYG_LEDGER_UNKNOWN_ID'],
    ['an unknown migration', ['show', '20260101000000_purge'], 'HYG_LEDGER_UNKNOWN_ID'],
    ['two subjects', ['show', '1', '2'], 'HYG_USAGE'],
    ['a subject of the list', ['list', '1'], 'HYG_USAGE'],
    ['a subject of an export', ['export', '1'], 'HYG_USAGE'],
    ['another format', ['export', '--format', 'xml'], 'HYG_USAGE'],
    ['an unknown action', ['rewrite'], 'HYG_USAGE'],
  ])('refuses %s', async (_, argv, error) => {
    const run = await hygiene('ledger', ...argv);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(error)]);
  });
});

describe('hygiene ledger export', () => {
  test('as JSON is the columns of the table, from which each hash can be computed again', async () => {
    const { stdout, stderr } = await hygiene('ledger', 'export');
    expect(stderr).toBe('');
    const events = JSON.parse(stdout) as { readonly seq: number; readonly hash: string }[];
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    const [columns] = await database.query<{ names: string[] }>(`
      select array_agg(attname::text order by attnum) as names from pg_attribute
       where attrelid = 'hygiene.ledger'::regclass and attnum > 0`);
    expect(events.slice(0, 1).map(Object.keys)).toEqual([columns?.names]);
    const recomputed = await database.query(
      `select hygiene.event_hash(jsonb_populate_record(null::hygiene.ledger, event)) as hash
         from jsonb_array_elements($1::jsonb) as event`,
      [stdout],
    );
    expect(recomputed).toEqual(events.map(({ hash }) => ({ hash })));
  });

  test('as CSV can be loaded by COPY, and is the table again', async () => {
    // The server reads the file, as another user than ours.
    const directory = mkdtempSync(join(tmpdir(), 'hygiene-export-'));
    chmodSync(directory, 0o755);
    const file = join(directory, 'ledger.csv');
    const { stdout } = await hygiene('ledger', 'export', '--format', 'csv', '--out', file);
    expect(stdout).toContain(`5 events written to ${file}\n`);
    await database.execute(`
      create temp table loaded (like hygiene.ledger);
      copy loaded from '${file}' (format csv, header match);
    `);
    const difference = await database.query(
      'select l::text from (table loaded except table hygiene.ledger) as l',
    );
    expect(difference).toEqual([]);
    expect(await database.query('select count(*)::int as n from loaded')).toEqual([{ n: 5 }]);
    expect(readFileSync(file, 'utf8').split('\r\n').at(-2)).toMatch(/sha256:[0-9a-f]{64}$/);
    const printed = await hygiene('ledger', 'export', '--format', 'csv');
    expect(printed.stdout).toBe(readFileSync(file, 'utf8'));
  });

  test('writes no file over another, and none where it cannot', async () => {
    const file = join(cwd, 'kept.json');
    expect((await hygiene('ledger', 'export', '--out', file)).code).toBe(0);
    const before = readFileSync(file, 'utf8');
    const again = await hygiene('ledger', 'export', '--format', 'csv', '--out', file);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('HYG_CONFIG_EXISTS')]);
    expect(readFileSync(file, 'utf8')).toBe(before);
    mkdirSync(join(cwd, 'folder'));
    const onFolder = await hygiene('ledger', 'export', '--out', join(cwd, 'folder'));
    expect(onFolder.code).toBe(2);
    expect(existsSync(join(cwd, 'folder'))).toBe(true);
  });

  test('with --json it is one document', async () => {
    const run = await hygiene('ledger', 'export', '--json');
    expect(run.json()).toMatchObject({ outcome: 'ok', format: 'json', file: null, exported: 5 });
  });
});
