import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { purgeDemoUsers } from '../engine/workbench.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { installedPostgres } from '../support/installed-postgres.ts';
import { careless, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { createProject } from '../support/project.ts';
import { fencesOf, pages, sampleSql } from '../docs/pages.ts';

const ID = '20260112090000_purge_demo_users';

/** The lines of the blocks with a mark, by page. */
function linesMarked(mark: string): readonly (readonly [page: string, lines: readonly string[]])[] {
  return pages().flatMap((page) => {
    const fences = fencesOf(page).filter(({ marks }) => marks.includes(mark));
    const lines = fences.flatMap((fence) => fence.lines);
    return lines.length === 0 ? [] : [[page.path, lines] as const];
  });
}

const OURS = 'npx pg-hygiene ';

interface Ended {
  readonly code: number;
  readonly complaints: string;
}

interface Place {
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Our own commands in this process, others by the shell; ours may be piped into another. */
async function run(line: string, place: Place): Promise<Ended> {
  if (!line.startsWith(OURS)) return shell(line, '', place);
  const [ours = '', program] = line.slice(OURS.length).split(' | ');
  const told = await runCli(ours.split(' '), place);
  return program === undefined || told.code !== 0 ? told : shell(program, told.stdout, place);
}

/** As whoever the URL names. */
function shell(line: string, input: string, { cwd, variables }: Place): Ended {
  const url = new URL(variables['DATABASE_URL'] ?? '');
  const env = {
    PATH: `${variables['PATH'] ?? ''}:/usr/bin:/bin`,
    ...{ PGHOST: url.hostname, PGPORT: url.port, PGUSER: url.username, PGPASSWORD: url.password },
    PGDATABASE: url.pathname.slice(1),
    // A notice is no complaint.
    PGOPTIONS: '-c client_min_messages=warning',
  };
  const options = { cwd, env, input, encoding: 'utf8' } as const;
  const { status, stderr } = spawnSync('sh', ['-c', line], options);
  return { code: status ?? -1, complaints: stderr };
}

function project(): string {
  return createProject({
    files: { 'package.json': '{}' },
    migrations: { [`${ID}.ts`]: purgeDemoUsers() },
  });
}

const installed = installedPostgres();
const bin = join(installed?.directory ?? '', 'bin');
const reason = installed === null ? ' (skipped: no server with its pg_dump is installed)' : '';

(installed === null ? describe.skip : describe)(`blocks that need pg_dump${reason}`, () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgresServer(careless, installed?.directory);
  });
  afterAll(() => server.stop());

  async function freshApp(): Promise<string> {
    const url = new URL(server.url);
    const admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    await admin.query('drop database if exists app with (force)');
    await admin.query('create database app');
    await admin.end();
    url.pathname = '/app';
    await inApp(url.href, sampleSql());
    return url.href;
  }

  async function inApp(url: string, statements: string): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(statements);
    await client.end();
  }

  test.each(linesMarked('pg_dump'))('of %s go through', async (_page, lines) => {
    const cwd = project();
    const variables = { DATABASE_URL: await freshApp(), PATH: bin };
    await runCli(['mark', 'staging'], { cwd, variables });
    await runCli(['plan', '--out', 'plan.json'], { cwd, variables });
    for (const line of lines) {
      const { code, complaints } = await run(line, { cwd, variables });
      expect([line, code, complaints]).toEqual([line, 0, '']);
    }
  });

  test.each(linesMarked('psql'))('of %s give the owner a guard', async (_page, lines) => {
    const cwd = createProject({
      migrations: { [`${ID}.ts`]: purgeDemoUsers({ options: "dependents: 'all', guard: true" }) },
    });
    const url = await freshApp();
    const variables = { DATABASE_URL: url, PATH: bin };
    expect((await runCli(['up'], { cwd, variables })).code).toBe(0);
    await inApp(url, `alter table users drop constraint hygiene_guard_${ID}`);
    expect((await runCli(['guard', 'check'], { cwd, variables })).code).toBe(4);
    for (const line of lines) {
      const { code, complaints } = await run(line, { cwd, variables });
      expect([line, code, complaints]).toEqual([line, 0, '']);
    }
    expect((await runCli(['guard', 'check'], { cwd, variables })).code).toBe(0);
  });
});

describe('blocks about a fleet', () => {
  test.each(linesMarked('fleet'))('of %s go through', async (_page, lines) => {
    const cwd = project();
    const targets = [await freshDatabase('sample.sql'), await freshDatabase('sample.sql')];
    const queue = await freshDatabase();
    writeFileSync(join(cwd, 'targets.txt'), targets.map(({ url }) => url).join('\n'));
    const named = targets.map(({ url }, at) => ({ name: `tenant ${String(at)}`, url }));
    writeFileSync(join(cwd, 'targets.json'), JSON.stringify(named));
    for (const line of lines) {
      const here = line.replace('postgres://…', queue.url);
      const { code, complaints } = await run(here, { cwd, variables: {} });
      expect([line, code, complaints]).toEqual([line, 0, '']);
    }
  });
});
