import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import { purgeDemoUsers } from './sample-migrations.ts';

const ID = '20260112090000_purge_demo_users';
const CONFIG = `
import { defineConfig, rows, sql } from 'pg-hygiene';
export default defineConfig({
  protect: [rows('admins', sql\`true\`)],
  contacts: [{ name: 'Ops <b>', how: '#ops | 24 h' }],
});
`;

interface Place {
  readonly cwd: string;
  readonly database: Awaited<ReturnType<typeof freshDatabase>>;
  run(line: string): ReturnType<typeof runCli>;
  /** The text of a report in the form that the file's ending asks for. */
  report(file: string, more?: string): Promise<string>;
}

async function place(): Promise<Place> {
  const database = await freshDatabase('sample.sql');
  const cwd = createProject({ migrations: { [`${ID}.ts`]: purgeDemoUsers }, config: CONFIG });
  const variables = { DATABASE_URL: database.url };
  const run = (line: string): ReturnType<typeof runCli> =>
    runCli(line.split(' '), { cwd, variables });
  const report = async (file: string, more = ''): Promise<string> => {
    const made = await run(`report --password-time 0 --out ${file}${more}`);
    expect([made.code, made.stderr]).toEqual([0, '']);
    return readFileSync(join(cwd, file), 'utf8');
  };
  return { cwd, database, run, report };
}

interface Criterion {
  readonly criterion: string;
  readonly actual: string | null;
  readonly passed: boolean | null;
}

interface Document {
  readonly summary: { readonly verdict: string; readonly cleanSince: string | null };
  readonly criteria: readonly Criterion[];
  readonly rows: readonly object[];
  readonly undo: readonly object[];
  readonly risks: readonly { readonly risk: string }[];
  readonly runLog: { readonly sha256: string } | null;
}

async function document(at: Place, more = ''): Promise<Document> {
  const { stdout } = await at.run(`report --password-time 0 --json${more}`);
  return JSON.parse(stdout) as Document;
}

function criterion({ criteria }: Document, name: string): Criterion | undefined {
  return criteria.find((each) => each.criterion === name);
}

describe('before the cleanup', () => {
  test('it is dirty, with rows by table, and nothing is claimed that nobody looked at', async () => {
    const at = await place();
    const report = await document(at);
    expect(report.summary).toMatchObject({ verdict: 'dirty', cleanSince: null });
    expect(criterion(report, 'Seed rows in users')).toMatchObject({
      actual: expect.stringContaining('300'),
      passed: false,
    });
    expect(criterion(report, 'Admin can still log in')).toMatchObject({
      actual: null,
      passed: null,
    });
    expect(report).toMatchObject({ rows: [], undo: [], runLog: null });
    expect(await at.report('dirty.md')).toContain('The database is not clean.');
  });
});

describe('after the cleanup', () => {
  test('it says clean, since when, by whom, what went, and until when it can be undone', async () => {
    const at = await place();
    expect((await at.run('up')).code).toBe(0);
    const report = await document(at);
    expect(report.summary.verdict).toBe('clean');
    expect(report.summary.cleanSince).not.toBeNull();
    expect(criterion(report, 'Seed rows in users')).toMatchObject({ actual: '0 of 20' });
    expect(criterion(report, 'Protected: admins where true')).toMatchObject({ actual: '1' });
    expect(criterion(report, 'Dashboard loads')).toMatchObject({ actual: '4 of 4 pages' });
    expect(report.criteria.filter(({ passed }) => passed === false)).toEqual([]);
    expect(report.rows).toContainEqual({
      table: 'users',
      before: 320,
      removed: 300,
      changed: 0,
      after: 20,
      counted: true,
    });
    expect(report.undo).toMatchObject([{ migrationId: ID, possible: true }]);
    expect(report.runLog?.sha256).toMatch(/^[0-9a-f]{64}$/);

    const html = await at.report('report.html');
    expect(html).toContain('The database is clean, and has been since');
    expect(html).toContain(report.runLog?.sha256);
    expect(html).toContain('Ops &lt;b&gt;');
    expect(html).not.toMatch(/<script|https?:\/\/|@import|url\(/);
  });

  test('each audience gets what those before get, and more', async () => {
    const at = await place();
    await at.run('up');
    const headings = async (audience: string): Promise<readonly string[]> => {
      const text = await at.report(`${audience}.md`, ` --for ${audience}`);
      return [...text.matchAll(/^## (.*)$/gm)].map(([, title = '']) => title);
    };
    const [executive, operations, engineering] = [
      await headings('executive'),
      await headings('operations'),
      await headings('engineering'),
    ];
    expect(executive).toEqual([
      ...['Summary', 'Success criteria', 'Rows by table', 'Can it be undone?'],
      ...['Open risks', 'Contacts'],
    ]);
    expect(operations).toEqual(expect.arrayContaining([...executive, 'Timeline', 'Scan']));
    expect(engineering).toEqual(expect.arrayContaining([...operations, 'Events']));
    expect(engineering.length).toBeGreaterThan(operations.length);
    expect(operations.length).toBeGreaterThan(executive.length);
  });

  test('a log about runs of another database does not count', async () => {
    const [at, other] = [await place(), await place()];
    await at.run('up');
    await other.run('up');
    const log = await document(at);
    const strange = await at.run(
      `report --json --password-time 0 --log-dir ${other.cwd}/hygiene/logs`,
    );
    expect(log.runLog).not.toBeNull();
    expect(strange.json()).toMatchObject({ runLog: null });
  });

  test('rows that came back, a broken chain, a lost archive and a missing index are told', async () => {
    const at = await place();
    await at.run('up');
    await at.database.execute(`
      alter table users drop constraint hygiene_guard_${ID};
      insert into users (email, name) values ('demo1@example.com', 'Demo <script>alert(1)</script>');
      alter table hygiene.ledger disable trigger all;
      update hygiene.ledger set note = 'edited' where seq = 2;
      drop index if exists live_sessions_user_id_idx;
      drop schema hygiene_archive cascade;
    `);
    const report = await document(at);
    expect(report.summary).toMatchObject({ verdict: 'dirty', cleanSince: null });
    expect(criterion(report, 'The ledger is whole')).toMatchObject({
      actual: 'BROKEN',
      passed: false,
    });
    expect(report.undo).toMatchObject([{ possible: false }]);
    const risks = report.risks.map(({ risk }) => risk).join('\n');
    expect(risks).toMatch(/^The ledger is broken/);
    expect(risks).toMatch(/^Seed guard .* is missing/m);
    const html = await at.report('broken.html', ' --for engineering');
    expect(html).not.toContain('<script');
  });
});

describe('what was seen outside', () => {
  test('fills the criteria that no database can know, and adds others', async () => {
    const at = await place();
    const seen = (criterion: string, passed: boolean): object => ({
      ...{ criterion, passed, expected: 'yes', actual: 'seen', source: 'smoke test' },
    });
    writeFileSync(
      join(at.cwd, 'seen.json'),
      JSON.stringify([seen('admin can still log in', true), seen('Checkout works', false)]),
    );
    const report = await document(at, ' --observed seen.json');
    expect(criterion(report, 'admin can still log in')).toMatchObject({ passed: true });
    expect(criterion(report, 'Admin can still log in')).toBeUndefined();
    expect(criterion(report, 'Checkout works')).toMatchObject({ passed: false });
  });

  test.each([
    ['report --observed nothing.json', 'HYG_USAGE'],
    ['report --observed hygiene/config.ts', 'HYG_USAGE'],
    ['report --out report.pdf', 'HYG_USAGE'],
    ['report --for everybody', 'HYG_USAGE'],
    ['report --out hygiene/config.html', 'HYG_CONFIG_EXISTS'],
  ])('%s is refused', async (line, code) => {
    const at = await place();
    writeFileSync(join(at.cwd, 'hygiene', 'config.html'), 'kept');
    const run = await at.run(line);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(code);
    expect(readFileSync(join(at.cwd, 'hygiene', 'config.html'), 'utf8')).toBe('kept');
  });
});
