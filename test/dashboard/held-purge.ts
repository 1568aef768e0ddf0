import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { purgeInBatches } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';

/** An `up` in batches that waits since half of the demo users are gone. */
export interface HeldPurge {
  /** The project that it runs in. */
  readonly cwd: string;
  readonly id: string;
  /** Stops it, as SIGTERM does. */
  stop(): Promise<CliRun>;
}

const ID = '20260112090000_purge_demo_users';

const config = (isHeld: boolean): string => `import { defineConfig, sql } from 'pg-hygiene';

export default defineConfig({
  batches: { throttle: sql\`select ${String(isHeld)}\` },
  dashboard: {
    pages: [{ title: 'User management', tables: [{ table: 'users', columns: ['id', 'email'] }] }],
  },
});
`;

/** @param url a database with the sample application */
export async function heldPurge(url: string, parent: string): Promise<HeldPurge> {
  const cwd = mkdtempSync(join(parent, 'held-'));
  mkdirSync(join(cwd, 'hygiene'));
  writeFileSync(join(cwd, 'hygiene', `${ID}.ts`), purgeInBatches());
  writeFileSync(join(cwd, 'hygiene', 'config.ts'), config(false));
  await runUntilALock(url, cwd);
  writeFileSync(join(cwd, 'hygiene', 'config.ts'), config(true));
  const running = startUp(url, cwd);
  await inDatabase(url, (client) => client.query(waitFor('waiting_for is not null')));
  return { cwd, id: ID, stop: running.stop };
}

/** Somebody holds a user in the middle; the run is stopped when it has come as far as that. */
async function runUntilALock(url: string, cwd: string): Promise<void> {
  await inDatabase(url, async (client) => {
    await client.query('begin; select from users where id = 160 for update');
    const running = startUp(url, cwd);
    await inDatabase(url, (other) => other.query(waitFor('rows_done > 0')));
    await running.stop();
    await client.query('rollback');
  });
}

function startUp(url: string, cwd: string): Pick<HeldPurge, 'stop'> {
  const stopping = new AbortController();
  const line = ['up', '--batch-size', '20', '--batch-target', '0.001'];
  const ended = runCli(line, { cwd, variables: { DATABASE_URL: url }, signal: stopping.signal });
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

async function inDatabase(
  url: string,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Waits in the database for the moment in which the progress is like that. */
function waitFor(condition: string): string {
  return `
    do $$
    begin
      for try in 1 .. 600 loop
        if to_regclass('hygiene.progress') is not null then
          perform from hygiene.progress where ${condition};
          if found then return; end if;
        end if;
        commit;
        perform pg_sleep(0.05);
      end loop;
      raise exception 'the purge did not get to where %', '${condition}';
    end
    $$`;
}
