import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { rows } from '../../src/authoring/steps.ts';
import { sql } from '../../src/kernel/sql.ts';
import type { RunnableMigration } from '../../src/runner/runnable.ts';
import { useDatabase } from '../support/database.ts';
import { PropertyBench } from './property-bench.ts';

describe('a table with a column of its own name', () => {
  const database = useDatabase();
  let bench: PropertyBench;

  beforeEach(async () => {
    await database.execute(`
      drop table if exists note;
      create table note (id integer primary key, note text, owner text);
      insert into note values (1, 'keep this', 'Ada'), (2, 'and this', 'Bob');
    `);
    bench = await PropertyBench.open(database, ['public']);
  });

  afterEach(() => bench.close());

  /** Changes a column, but not the one with the table's name. */
  function changeOwner(verify: RunnableMigration['verify']): RunnableMigration {
    const id = bench.nextId();
    return {
      id,
      checksum: `sha256:${id}`,
      description: 'Change the owner of a note',
      ticket: null,
      environments: null,
      requires: [],
      irreversible: 'A script of SQL',
      budget: { max: 10 },
      transaction: 'single',
      up: { kind: 'script', text: "update note set owner = 'Eve' where id = 1" },
      verify,
    };
  }

  test('has its protected rows compared as a whole', async () => {
    const migration = changeOwner(async (context) => {
      await context.expect.atLeast('note', 1);
    });
    const { error } = await bench.up([migration], [rows('note', sql`true`)]);
    expect(error?.code).toBe('HYG_RUN_PROTECTED_CHANGED');
    expect(await database.query("select from note where owner = 'Eve'")).toEqual([]);
  });

  test('is not unchanged when another column was changed', async () => {
    const migration = changeOwner(async (context) => {
      await context.expect.unchanged('note');
    });
    const { error } = await bench.up([migration]);
    expect(error?.code).toBe('HYG_VERIFY_FAILED');
    expect(await database.query("select from note where owner = 'Eve'")).toEqual([]);
  });
});
