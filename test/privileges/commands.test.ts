import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { names, page, sectionOf, tableRows } from '../docs/pages.ts';
import { contents } from '../engine/witness.ts';
import { purgeDemoUsers, purgeInBatches } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { downgradeLedger } from '../support/ledger-before.ts';
import { createProject } from '../support/project.ts';
import { type LoginRole, loginRole } from './login-role.ts';

const ID = '20260101000000_purge_demo_users';

/** The tables of the sample application that each name of the page stands for. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  read: ['admins', 'users'],
  remove: ['users', 'live_sessions', 'reports', 'subscriptions'],
  change: ['payments'],
  'put back': ['users', 'live_sessions', 'reports', 'subscriptions'],
  'look at': ['users'],
};

interface Need {
  readonly command: string;
  readonly role: string;
  readonly sets: readonly string[];
}

const section = sectionOf(page('docs/privileges.md'), '## Commands');

const needs: readonly Need[] = tableRows(section, 'command').map(
  ([command = '', role = '', sets = '']) => ({
    command: names(command)[0] ?? '',
    role: names(role)[0] ?? '',
    sets: names(sets),
  }),
);

const verbs = new Map(
  tableRows(section, 'name').map(([name = '', , rights = '']) => [
    names(name)[0] ?? '',
    rights.toLowerCase().split(', '),
  ]),
);

/** One right, and how it is given and taken. */
interface Right {
  readonly grant: string;
  readonly revoke: string;
  /** Of each set one table will do. A member of the tables' owner has them anyway. */
  readonly isTried: boolean;
}

/** Looked at when the rows were listed, and needed again at the end only. */
const NEEDED_AT_THE_END: readonly string[] = ['work select on admins'];

/** Each right once, though two sets may name it. */
function rightsOf(
  { command, role, sets }: Need,
  { name }: LoginRole,
  owner: string,
): readonly Right[] {
  const isOwner = sets.includes('own');
  const right = (what: string, isTried = true): Right => ({
    grant: `grant ${what} to ${name}`,
    revoke: `revoke ${what} from ${name}`,
    isTried: isTried && !NEEDED_AT_THE_END.includes(`${command} ${what}`),
  });
  const onTables = sets.flatMap((set) =>
    (TABLES[set] ?? []).flatMap((table, at) =>
      (verbs.get(set) ?? []).map((verb) => right(`${verb} on ${table}`, at === 0 && !isOwner)),
    ),
  );
  const all = [right(role), ...onTables, ...(isOwner ? [right(owner)] : [])];
  return [...new Map(all.map((each) => [each.grant, each])).values()];
}

/**
 * What has to be there before a command does something. Commands of one state share a database, in the
 * order of the page; those that are not here have one of their own.
 */
const STATES: Readonly<
  Record<string, 'fresh' | 'planned' | 'clean' | 'applied' | 'ended' | 'held' | 'batches'>
> = {
  plan: 'fresh',
  scan: 'applied',
  rehearse: 'fresh',
  up: 'fresh',
  status: 'applied',
  ledger: 'applied',
  'ledger verify': 'applied',
  'ledger show': 'applied',
  'ledger export': 'applied',
  verify: 'applied',
  restore: 'applied',
  'archive list': 'applied',
  'archive export': 'applied',
  'archive prune': 'applied',
  uninstall: 'applied',
  'init --mark': 'applied',
  mark: 'applied',
  'ledger digest': 'applied',
  'guard list': 'applied',
  retire: 'ended',
  approve: 'planned',
  baseline: 'clean',
  reapply: 'held',
  pause: 'batches',
  resume: 'batches',
  cancel: 'batches',
};

const ARGUMENTS: Readonly<Record<string, string>> = {
  restore: `${ID} --reason test`,
  reapply: `${ID} --reason test`,
  pause: ID,
  resume: ID,
  cancel: `${ID} --reason test`,
  'ledger show': ID,
  'archive export': `${ID} --to out`,
  'archive prune': '--older-than 1',
  'init --mark': 'staging',
  mark: 'staging',
  retire: `${ID} --reason test`,
  approve: '--plan plan.json',
  baseline: `${ID} --reason test`,
  uninstall: '--print-sql',
  scan: '--password-time 0',
  serve: '--port 0',
};

function lineOf(command: string): string {
  return [command, ARGUMENTS[command] ?? ''].join(' ').trim();
}

interface Bench {
  readonly database: TestDatabase;
  /** Owns the tables of the application. */
  readonly owner: string;
  readonly run: (line: string, as?: LoginRole) => Promise<CliRun>;
}

const shared = new Map<string, Promise<Bench>>();

/** A database in which the command has something to do. */
function benchFor(command: string): Promise<Bench> {
  const state = STATES[command] ?? command;
  const bench = shared.get(state) ?? makeBench(state);
  shared.set(state, bench);
  return bench;
}

async function makeBench(state: string): Promise<Bench> {
  const database = await freshDatabase('sample.sql');
  const owner = `owner_of_${database.name}`;
  await database.execute(`create role ${owner}`);
  for (const table of new Set(Object.values(TABLES).flat())) {
    await database.execute(`alter table ${table} owner to ${owner}`);
  }
  const verify =
    "await expect.none(demoUsers); await expect.atLeast('admins', 1, { lasting: true });";
  const isBatched = state === 'batches' || state === 'work';
  const text = isBatched ? purgeInBatches({ verify }) : purgeDemoUsers({ verify });
  const cwd = createProject({ migrations: { [`${ID}.ts`]: text } });
  const run: Bench['run'] = (line, as) => {
    const stopping = new AbortController();
    return runCli(line.split(' '), {
      cwd,
      variables: { DATABASE_URL: as?.url ?? database.url, HYGIENE_LOG_DIR: join(cwd, 'logs') },
      signal: stopping.signal,
      // The dashboard would be served for ever.
      onStdout: (text) => {
        if (text.includes('?token=')) stopping.abort();
      },
    });
  };
  await database.execute((await run('init --print-sql')).stdout);
  const reach = async (line: string): Promise<void> => {
    expect(await run(line)).toMatchObject({ code: 0 });
  };
  if (state === 'planned') await reach('plan --out plan.json');
  if (state === 'clean') await database.execute('truncate users cascade');
  if (['applied', 'ended', 'held'].includes(state)) await reach('up');
  if (state === 'held') await reach(`restore ${ID} --reason test`);
  if (isBatched) await reach('up --batch-size 20 --batch-target 0.001 --max-duration 0.001');
  await database.execute("update hygiene.archives set created_at = created_at - interval '9 days'");
  if (state === 'init --upgrade') await downgradeLedger(database);
  return { database, owner, run };
}

/** Everything that a refused command must leave as it is, but for the record that it was refused. */
async function witness(database: TestDatabase): Promise<unknown> {
  const [own] = await database.query(`
    select (select json_agg(l order by l.seq) from hygiene.ledger as l
             where event not in ('started', 'failed', 'interrupted', 'resumed', 'rehearsed')) as events,
           (select json_agg(a order by a.archive_table) from hygiene.archives as a) as archives,
           (select json_agg(e) from hygiene.environment as e) as mark,
           (select array_agg(relname order by relname) from pg_class
             where relnamespace in ('hygiene'::regnamespace, 'hygiene_archive'::regnamespace)) as relations
  `);
  return { own, tables: await contents(database) };
}

test('the page knows each role and each set of rights', () => {
  expect(needs.length).toBeGreaterThan(15);
  expect([...verbs.keys()]).toEqual([...Object.keys(TABLES), 'own']);
  expect(needs.flatMap(({ sets }) => sets.filter((set) => !verbs.has(set)))).toEqual([]);
  expect(new Set(needs.map(({ role }) => role))).toEqual(
    new Set(['hygiene_owner', 'hygiene_runner', 'hygiene_reader']),
  );
});

describe('a role with the rights of the page and no other', () => {
  test.each(needs.map((need) => [need.command, need] as const))(
    'can do `%s`, and where one is missing is told the GRANT',
    async (command, need) => {
      const { database, owner, run } = await benchFor(command);
      const login = await loginRole(database);
      const rights = rightsOf(need, login, owner);
      for (const { grant } of rights) await database.execute(grant);
      const line = lineOf(command);

      const before = await witness(database);
      for (const { grant, revoke } of rights.filter(({ isTried }) => isTried)) {
        await database.execute(revoke);
        expect({ revoke, ...(await run(line, login)) }).toEqual({
          revoke,
          code: 7,
          stdout: expect.any(String),
          json: expect.any(Function),
          complaints: expect.any(String),
          stderr: expect.stringMatching(/HYG_REFUSED_PRIVILEGES[^]*grant /),
        });
        expect({ revoke, left: await witness(database) }).toEqual({ revoke, left: before });
        await database.execute(grant);
      }
      expect(await run(line, login)).toMatchObject({ code: 0, stderr: '' });
    },
  );
});

test('a plan says which rights are missing', async () => {
  const { database, run } = await benchFor('a plan of its own');
  const login = await loginRole(database);
  await database.execute(`grant hygiene_reader to ${login.name}`);
  const { code, stdout } = await run('plan', login);
  expect(code).toBe(0);
  expect(stdout).toContain(`grant select, update, delete on users to "${login.name}"`);
});
