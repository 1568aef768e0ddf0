import { beforeAll, describe, expect, test } from '@jest/globals';

import type { UpOperationReport } from '../../src/app/operations/up.ts';
import { verifyOperation } from '../../src/app/operations/verify.ts';
import type { Connection } from '../../src/database/connection.ts';
import { rawSql } from '../../src/kernel/sql.ts';
import { migration, purgeDemoUsers, type Workbench } from '../engine/workbench.ts';
import { onEmbedded, onServer, type SampleProject } from '../contract/both-projects.ts';

const PURGE = '20260101000000_purge_demo_users';
const SCRUB = '20260102000000_scrub_names';
const FREE = '20260103000000_delete_by_hand';
const PAIR = '20260104000000_sql_pair';
const WRONG = '20260105000000_wrong';

/** All of the job in one project: purge, scrub, function form, SQL pair, skip, and a failing verify. */
function fill(bench: Workbench): void {
  bench
    .write(`${PURGE}.ts`, purgeDemoUsers())
    .write(
      `${SCRUB}.ts`,
      migration({
        up: "scrub(rows('users', sql`id % 2 = 0`), { set: { name: 'Somebody' }, budget: { max: 100 } })",
        verify:
          "await expect.unchanged(rows('users', sql`id % 2 = 1`)); await expect.unchanged('admins');",
      }),
    )
    .write(
      `${FREE}.ts`,
      migration({
        up: `async ({ db, purge }) => {
          await db('subscriptions').where('plan', 'none').delete();
          await purge(rows('live_sessions', sql\`true\`));
        }`,
        more: "irreversible: 'sessions are short-lived', budget: { max: 1_000 },",
        verify: "await expect.none('live_sessions');",
      }),
    )
    .write(
      `${PAIR}.up.sql`,
      "-- description: Remove old reports\n-- irreversible: not needed\n-- budget: max 10000\ndelete from reports where created_at < '2000-01-01';\n",
    )
    .write(`${PAIR}.verify.sql`, "select id from reports where created_at < '2000-01-01';\n")
    .write(
      `${WRONG}.ts`,
      migration({
        up: "purge(rows('users', sql`true`), { dependents: 'all' })",
        verify: "await expect.atLeast('users', 1);",
      }),
    );
}

/** What a run leaves behind, without what differs between two runs: times, ids of runs, identity, hashes. */
interface Leftovers {
  readonly tables: Readonly<Record<string, unknown>>;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly chain: unknown;
}

async function leftovers(connection: Connection): Promise<Leftovers> {
  const read = async (text: string): Promise<readonly Record<string, unknown>[]> =>
    (await connection.query(rawSql(text))).rows;
  const names = (await read(`
    select format('%I.%I', schemaname, tablename) as name
      from pg_tables
     where schemaname in ('public', 'hygiene_archive')
     order by 1`)) as { name: string }[];
  const tables: [string, unknown][] = [];
  for (const { name } of names) {
    const [content] = await read(`
      select count(*)::int as rows, md5(string_agg(row(t.*)::text, ',' order by row(t.*)::text)) as hash
        from (select * from ${name}) as t`);
    tables.push([
      name,
      name.startsWith('public.') ? content : { rows: (content as { rows: number }).rows },
    ]);
  }
  return {
    tables: Object.fromEntries(tables),
    events: await read(
      `select seq, event, migration_id, generation, checksum, config_fingerprint, tool_version, rows, checks, error,
              note, evidence
         from hygiene.ledger order by seq`,
    ),
    chain: await read('select ok, problem from hygiene.verify_ledger()'),
  };
}

/** A report without what differs between two runs. */
function told({ results, remaining, selected, error }: UpOperationReport): object {
  return {
    outcomes: results.map(({ id, outcome }) => [
      id,
      outcome.kind,
      ...(outcome.kind === 'applied'
        ? [outcome.evidence.tables, outcome.evidence.checks, outcome.evidence.remarks]
        : []),
    ]),
    remaining,
    selected,
    error:
      error === null ? null : { code: error.code, exit: error.exitCode, message: error.message },
  };
}

interface Story {
  readonly reports: readonly object[];
  readonly verified: readonly unknown[];
  readonly left: Leftovers;
}

describe('the whole job', () => {
  let server: Story;
  let embedded: Story;

  async function story({ bench, where, open }: SampleProject): Promise<Story> {
    fill(bench);
    const reports = [told(await bench.up(where)), told(await bench.up(where))];
    const { migrations } = await verifyOperation(bench.world(), bench.options(where));
    const connection = await open();
    const left = await leftovers(connection);
    await connection.close();
    return { reports, verified: migrations.map(({ id, checks }) => ({ id, checks })), left };
  }

  beforeAll(async () => {
    server = await onServer(story);
    embedded = await onEmbedded(story);
  }, 180_000);

  test('goes on a server as it is meant to', () => {
    expect(server.left.events.map((event) => [event['event'], event['migration_id']])).toEqual([
      ...[PURGE, SCRUB, FREE, PAIR].flatMap((id) => [
        ['started', id],
        ['applied', id],
      ]),
      ['started', WRONG],
      ['failed', WRONG],
      ['started', WRONG],
      ['failed', WRONG],
      ...[PURGE, FREE, PAIR].map((id) => ['verified', id]),
    ]);
    expect(server.reports[0]).toMatchObject({
      error: { code: 'HYG_VERIFY_FAILED', exit: 4 },
      remaining: [WRONG],
    });
    expect(server.left.chain).toEqual([{ ok: true, problem: null }]);
    expect(server.left.tables).toMatchObject({
      'public.users': { rows: 20 },
      'hygiene_archive."20260101000000_g1_users"': { rows: 300 },
    });
  });

  test('tells the same of the embedded database', () => {
    expect(embedded.reports).toEqual(server.reports);
  });

  test('leaves the same rows in the embedded database, and archives the same', () => {
    expect(embedded.left.tables).toEqual(server.left.tables);
  });

  test('leaves the same events with the same counts in the embedded ledger', () => {
    expect(embedded.left.events).toEqual(server.left.events);
    expect(embedded.left.chain).toEqual(server.left.chain);
  });

  test('finds the same when the lasting checks are repeated', () => {
    expect(embedded.verified).toEqual(server.verified);
    expect(embedded.verified).toHaveLength(4);
  });
});
