import { describe, expect, test } from '@jest/globals';

import type { UpOperationReport } from '../../src/app/operations/up.ts';
import { freshDatabase } from '../support/database.ts';
import { purgeDemoUsers, Workbench } from './workbench.ts';

const ROUNDS = 20;
/** The thirteenth expects more rows than there are. */
const BUDGETS = Array.from({ length: 20 }, (_, at) => (at === 12 ? 'min: 1_000' : 'max: 1_000'));

/** A runner finds a migration applied before it begins, or when its turn for the lock comes. */
function outcomeOf({ error, results, selected }: UpOperationReport, id: string): string {
  if (error !== null) throw error;
  const kind = results[0]?.outcome.kind;
  const found = kind === 'done elsewhere' || selected.applied.includes(id);
  return found ? 'found applied' : String(kind);
}

describe('runners that come at once', () => {
  test('one of three applies, two find it applied, twenty times over', async () => {
    const database = await freshDatabase('sample.sql');
    const bench = new Workbench(database.url);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const id = `202601010000${String(round).padStart(2, '0')}_purge_demo_users`;
      bench.write(`${id}.ts`, purgeDemoUsers());
      await database.execute(
        `insert into users (email, name) values ('racer${String(round)}@example.com', 'Racer')`,
      );

      const reports = await Promise.all([bench.up(), bench.up(), bench.up()]);

      const outcomes = reports.map((report) => outcomeOf(report, id));
      expect(outcomes.sort()).toEqual(['applied', 'found applied', 'found applied']);
    }
    const applied = await database.query(
      "select migration_id, count(*)::int as n from hygiene.ledger where event = 'applied' group by 1",
    );
    expect(applied).toHaveLength(ROUNDS);
    expect(applied.every(({ n }) => n === 1)).toBe(true);
    const [chain] = await database.query('select ok, problem from hygiene.verify_ledger()');
    expect(chain).toEqual({ ok: true, problem: null });
    expect(await database.query("select from users where email like 'racer%'")).toEqual([]);
  });

  test('twenty migrations of which the thirteenth fails: twelve applied, one failed, seven pending', async () => {
    const database = await freshDatabase('sample.sql');
    const bench = new Workbench(database.url);
    for (const [at, budget] of BUDGETS.entries()) {
      const n = at + 1;
      const options = `dependents: 'all', budget: { ${budget} }`;
      const text = purgeDemoUsers({ options }).replace(
        "email ~* '@example[.](com|org|net)$'",
        `email = 'demo${String(n)}@example.com'`,
      );
      bench.write(`202601010000${String(n).padStart(2, '0')}_purge_one.ts`, text);
    }
    const report = await bench.up();
    expect(report.error?.code).toBe('HYG_REFUSED_BUDGET');
    expect(report.results.map(({ outcome }) => outcome.kind)).toEqual([
      ...Array.from({ length: 12 }, () => 'applied'),
      'failed',
    ]);
    expect(report.remaining).toHaveLength(8);
    const events = await database.query(
      'select event, count(*)::int as n from hygiene.ledger group by 1 order by 1',
    );
    expect(events).toEqual([
      { event: 'applied', n: 12 },
      { event: 'failed', n: 1 },
      { event: 'started', n: 13 },
    ]);
    const left = await database.query(
      "select from users where email ~ '^demo(1[0-9]|[1-9]|20)@example.com$'",
    );
    expect(left).toHaveLength(8);
  });
});
