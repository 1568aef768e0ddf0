import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { serve, stopAll } from '../dashboard/served.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import { purgeDemoUsers } from './sample-migrations.ts';
import { page, names, tableRows } from '../docs/pages.ts';

afterAll(stopAll);

const ID = '20260112090000_purge_demo_users';

interface Monitored {
  readonly cwd: string;
  readonly database: Awaited<ReturnType<typeof freshDatabase>>;
  run(line: string): ReturnType<typeof runCli>;
  /** The samples of `status --metrics`, each name with its labels. */
  metrics(): Promise<ReadonlyMap<string, number>>;
}

async function monitored(): Promise<Monitored> {
  const database = await freshDatabase('sample.sql');
  const cwd = createProject({ migrations: { [`${ID}.ts`]: purgeDemoUsers } });
  const run = (line: string): ReturnType<typeof runCli> =>
    runCli(line.split(' '), { cwd, variables: { DATABASE_URL: database.url } });
  return {
    cwd,
    database,
    run,
    metrics: async () => samplesOf((await run('status --metrics')).stdout),
  };
}

/** @throws what is no OpenMetrics */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n');
  expect(lines.slice(-2)).toEqual(['# EOF', '']);
  const samples = lines.slice(0, -2).filter((line) => !/^# (?:TYPE|HELP) hygiene_\w+ ./.test(line));
  return new Map(
    samples.map((line) => {
      const [, name = '', value = ''] =
        /^(hygiene_\w+(?:\{\w+="[^"]*"\})?) (\d+)$/.exec(line) ?? [];
      expect([line, name]).toEqual([line, expect.stringMatching(/^hygiene_/)]);
      return [name, Number(value)];
    }),
  );
}

const of = (name: string): string => `hygiene_${name}{migration="${ID}"}`;

describe('OpenMetrics', () => {
  test('of a database without a ledger, after its cleanup, and when rows came back', async () => {
    const at = await monitored();
    const before = await at.metrics();
    expect(before.get('hygiene_ledger_installed')).toBe(0);
    expect(before.get('hygiene_migrations_pending')).toBe(1);

    await at.run('up');
    await at.run('verify');
    const after = await at.metrics();
    expect(after.get('hygiene_migrations_pending')).toBe(0);
    expect(after.get('hygiene_migrations{status="applied"}')).toBe(1);
    expect(after.get('hygiene_chain_intact')).toBe(1);
    expect(after.get(of('verification_passed'))).toBe(1);
    const days =
      (Number(after.get(of('archive_expires_timestamp_seconds'))) -
        Number(after.get(of('applied_timestamp_seconds')))) /
      86_400;
    expect(days).toBeCloseTo(30, 1);

    await at.database.execute(`
      alter table users drop constraint hygiene_guard_${ID};
      insert into users (email, name) values ('demo1@example.com', 'x');
    `);
    await at.run('verify');
    const dirty = await at.metrics();
    expect(dirty.get(of('verification_passed'))).toBe(0);
    expect(dirty.get('hygiene_guards_missing')).toBe(1);
  });

  test('of the dashboard prove the whole chain, and ask for the token', async () => {
    const at = await monitored();
    await at.run('up');
    await at.database.execute(`
      alter table hygiene.ledger disable trigger all;
      update hygiene.ledger set note = 'edited' where seq = 1;
    `);
    expect((await at.metrics()).get('hygiene_chain_intact')).toBe(1);
    const served = await serve({ cwd: at.cwd, url: at.database.url });
    const answer = await served.get('/metrics');
    expect(answer.headers.get('content-type')).toContain('application/openmetrics-text');
    expect(samplesOf(await answer.text()).get('hygiene_chain_intact')).toBe(0);
    expect((await fetch(`${served.origin}/metrics`)).status).toBe(401);
  });
});

describe('the documents', () => {
  test('name every metric, and the alerts no other', async () => {
    const at = await monitored();
    const { stdout } = await at.run('status --metrics');
    const known = [...stdout.matchAll(/^# TYPE (\S+) gauge$/gm)].map(([, name = '']) => name);
    const listed = tableRows(page('docs/monitoring.md').text, 'metric');
    expect(listed.map(([cell = '']) => names(cell)[0])).toEqual(known);

    const file = join(import.meta.dirname, '../../docs/deploy/alerts.yml');
    const alerts = parse(readFileSync(file, 'utf8')) as {
      readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
    };
    const rules = alerts.groups.flatMap((group) => group.rules.map(({ expr }) => expr)).join('\n');
    const used = [...rules.matchAll(/\bhygiene_[a-z_]+\b/g)].map(([name]) => name);
    expect(used.length).toBeGreaterThan(4);
    expect(known).toEqual(expect.arrayContaining(used));
  });
});
