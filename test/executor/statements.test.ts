import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { introspect } from '../../src/catalog/introspect.ts';
import { findTable } from '../../src/catalog/model.ts';
import type { Connection } from '../../src/database/connection.ts';
import { createWorkTable, type WorkTable } from '../../src/executor/selection-sql.ts';
import { ShortStatements } from '../../src/executor/statements.ts';
import { QualifiedName } from '../../src/kernel/identifiers.ts';
import { type Clock, systemClock } from '../../src/kernel/ports.ts';
import { rawSql, sql } from '../../src/kernel/sql.ts';
import { openConnection } from '../database/open-connection.ts';
import { useDatabase } from '../support/database.ts';

/** A clock on which every statement takes so long, one after the other, and a rest no time. */
function clockOf(durations: readonly number[], rests: number[] = []): Clock {
  let now = 0;
  let reads = 0;
  const monotonicMs = (): number => {
    const isEnd = reads % 2 === 1;
    const at = (reads >> 1) % durations.length;
    reads += 1;
    now += isEnd ? (durations[at] ?? 0) : 0;
    return now;
  };
  const sleep = (ms: number): Promise<void> => {
    rests.push(ms);
    return Promise.resolve();
  };
  return { ...systemClock, monotonicMs, sleep };
}

describe('short statements', () => {
  const database = useDatabase();
  let connection: Connection;
  let work: WorkTable;

  beforeAll(async () => {
    // Long keys, so that the list has several pages.
    await database.execute('create table things (name text primary key)');
    connection = await openConnection(database.url);
    const catalog = await introspect(connection, { excludeSchemas: [] });
    const table = findTable(catalog, 'public', 'things');
    if (table === null) throw new Error('there are no things');
    work = { name: new QualifiedName('pg_temp', 'listed'), table, referenced: [] };
  });

  /** The names that each statement was given, of a list of so many. */
  async function given(rows: number, clock: Clock): Promise<readonly (readonly string[])[]> {
    await connection.query(rawSql('begin'));
    await connection.query(createWorkTable(work));
    await connection.query(sql`
      insert into ${work.name}
      select lpad(n::text, 200, '0'), 1 from generate_series(1, ${rows}::int) as n`);
    const statements: string[][] = [];
    const done = await new ShortStatements(connection, clock).forEach(work, async (list) => {
      const found = await connection.query<{ name: string }>(
        sql`select hygiene_listed.name from ${list} as hygiene_listed`,
      );
      statements.push(found.rows.map(({ name }) => name));
      return found.rowCount;
    });
    expect(done).toBe(rows);
    await connection.query(rawSql('rollback'));
    return statements;
  }

  test('property: take every listed row once, whatever each of them takes', async () => {
    const durations = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 700 }), durations, async (rows, times) => {
        const names = (await given(rows, clockOf(times))).flat();
        expect(names.sort()).toEqual(
          Array.from({ length: rows }, (_, at) => String(at + 1).padStart(200, '0')),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('take more rows while they are quick, and few where they are slow', async () => {
    const quick = await given(2_000, clockOf([0.1]));
    expect(quick.map(({ length }) => length)).toEqual([50, 100, 200, 400, 800, 450]);
    const slow = await given(200, clockOf([20]));
    expect(slow.map(({ length }) => length)).toEqual([50, 20, 20, 20, 20, 20, 20, 20, 10]);
  });

  test('leave the server to others for a moment after every few milliseconds of work', async () => {
    const rests: number[] = [];
    const statements = await given(2_000, clockOf([2.5], rests));
    expect(rests).toEqual(Array.from({ length: statements.length >> 1 }, () => 1));
    const none: number[] = [];
    await given(200, clockOf([0.1], none));
    expect(none).toEqual([]);
  });

  test('property: select a range by ranges that follow one another', () => {
    const statements = new ShortStatements(connection, systemClock);
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 5_000 }), (from, length) => {
        const ranges = statements.ranges({ from, to: from + length });
        expect([from, ...ranges.map(({ to }) => to)]).toEqual([
          ...ranges.map((range) => range.from),
          from + length,
        ]);
        expect(Math.max(...ranges.map((range) => range.to - range.from))).toBeLessThanOrEqual(500);
      }),
    );
  });
});
