import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, test } from '@jest/globals';

import { installOperation } from '../../src/app/operations/install.ts';
import { ledgerShowOperation } from '../../src/app/operations/ledger-events.ts';
import { statusOperation } from '../../src/app/operations/status.ts';
import { contentOf, countOf, events } from '../engine/witness.ts';
import { Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const ID = '20260101000000_purge_demo_customers';
const LATER = '20260201000000_purge_ada';

const OLD_EVENTS = ['started', 'failed HYG_REFUSED_BUDGET', 'started', 'applied'];

/** What the first release sent to its ledger while it marked the database and applied a migration. */
const statements = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/ledger-version-1-statements.json'), 'utf8'),
) as readonly { readonly text: string; readonly values: readonly unknown[] }[];

let database: TestDatabase;
let bench: Workbench;

/** The database as the first release left it; the checksum of its migration is that of this file. */
beforeEach(async () => {
  database = await freshDatabase('ledger-version-1.sql');
  bench = new Workbench(database.url).write(
    `${ID}.ts`,
    `import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const demo = rows('customers', sql\`email like '%@example.com'\`);
export default defineHygiene({
  description: 'Remove the demo customers',
  ticket: 'OPS-1',
  up: purge(demo, { budget: { max: 10 } }),
  async verify({ expect }) { await expect.none(demo); },
});
`,
  );
});

/** What was marked elsewhere is a copy here. */
async function markHere(): Promise<void> {
  await installOperation(bench.world(), { ...bench.options(), mark: 'staging' });
}

function upgrade(): ReturnType<typeof installOperation> {
  return installOperation(bench.world(), { ...bench.options(), mark: null, upgrade: true });
}

function ofAnotherMigration(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('20260101000000', '20260301000000') : value;
}

async function expectIntactChain(length: number): Promise<void> {
  expect(await database.query('select ok, events::int from hygiene.verify_ledger()')).toEqual([
    { ok: true, events: length },
  ]);
}

test('a ledger of the first release is read and continued before it is upgraded', async () => {
  await expectIntactChain(4);
  const status = await statusOperation(bench.world(), { ...bench.options(), execOrder: 'linear' });
  expect(status.migrations).toEqual([expect.objectContaining({ id: ID, status: 'applied' })]);
  expect((await bench.up()).error).toBeNull();
  await markHere();
  await bench.restore(ID, { reason: 'a test' });
  expect(await countOf(database, 'customers')).toBe(4);
  await expectIntactChain(5);
});

describe('an upgraded ledger of the first release', () => {
  beforeEach(async () => {
    await upgrade();
  });

  test('says so, with the mark that it had', async () => {
    expect(await upgrade()).toMatchObject({ installed: 'before', environment: 'staging' });
    expect(await database.query('select schema_version from hygiene.meta')).toEqual([
      { schema_version: 2 },
    ]);
  });

  test('has every event as it was, and goes on', async () => {
    await expectIntactChain(4);
    expect(await events(database)).toEqual(OLD_EVENTS);
    const shown = await ledgerShowOperation(bench.world(), { ...bench.options(), subject: ID });
    expect(shown.events).toHaveLength(4);
    expect(shown.events[3]).toMatchObject({
      event: 'applied',
      ticket: 'OPS-1',
      rows: [{ table: 'customers', removed: 3 }],
    });

    await markHere();
    bench.write(
      `${LATER}.ts`,
      `import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const ada = rows('customers', sql\`id = 1\`);
export default defineHygiene({
  description: 'In batches, which version 1 had no place for',
  transaction: 'batched',
  up: purge(ada),
  async verify({ expect }) { await expect.none(ada); },
});
`,
    );
    expect((await bench.up()).error).toBeNull();
    await bench.restore(ID, { reason: 'a test' });
    expect(await countOf(database, 'customers')).toBe(3);
    expect(await events(database)).toEqual([...OLD_EVENTS, 'started', 'applied', 'restored']);
    await expectIntactChain(7);
  });

  test('still takes what the first release sends', async () => {
    const before = await contentOf(database, '(select * from hygiene.ledger where seq <= 4)');
    expect(statements.length).toBeGreaterThan(4);
    for (const { text, values } of statements) {
      await database.query(text, values.map(ofAnotherMigration));
    }
    expect(await events(database)).toEqual([...OLD_EVENTS, 'applied']);
    expect(await countOf(database, 'hygiene.archives')).toBe(2);
    expect(await contentOf(database, '(select * from hygiene.ledger where seq <= 4)')).toBe(before);
    await expectIntactChain(5);
  });
});
