import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import { Umzug } from 'umzug';

import { HygieneError } from '../../src/kernel/errors.ts';
import { ledgerStorage, runWithUmzug, type UmzugRun } from '../../src/runner/umzug-run.ts';
import { thrownBy } from '../app/thrown-by.ts';

const SECRET = 'postgres://app:secret@db/shop';

/** A run over a ledger in memory, with a connection string in reach of its closures as in the real one. */
class Ledger {
  readonly rows: string[];
  readonly applied: string[] = [];
  readonly connectionString = SECRET;

  constructor(...rows: readonly string[]) {
    this.rows = [...rows];
  }

  run(ids: readonly string[], changes: Partial<UmzugRun> = {}): UmzugRun {
    return {
      ids,
      settled: [...this.rows],
      apply: (id) => {
        this.applied.push(id);
        this.rows.push(id);
        return Promise.resolve();
      },
      isRecorded: (id) => Promise.resolve(this.rows.includes(id)),
      ...changes,
    };
  }
}

describe('a run with umzug', () => {
  test('applies what is pending, in the order of the list and not of the names', async () => {
    const ledger = new Ledger('b');
    await runWithUmzug(ledger.run(['c', 'b', 'a', 'm10', 'm2']));
    expect(ledger.applied).toEqual(['c', 'a', 'm10', 'm2']);
  });

  test('with nothing pending does nothing', async () => {
    const ledger = new Ledger('a', 'b');
    await runWithUmzug(ledger.run(['a', 'b']));
    await runWithUmzug(ledger.run([]));
    expect(ledger.applied).toEqual([]);
  });

  test('run twice applies once', async () => {
    const ledger = new Ledger();
    await runWithUmzug(ledger.run(['a', 'b']));
    await runWithUmzug(ledger.run(['a', 'b']));
    expect(ledger.applied).toEqual(['a', 'b']);
  });

  test('does not mind settled migrations that are not in the list', async () => {
    const ledger = new Ledger('long_gone');
    await runWithUmzug(ledger.run(['a']));
    expect(ledger.applied).toEqual(['a']);
  });

  test('stops at the first failure: later ones do not run, earlier ones stay', async () => {
    const ledger = new Ledger();
    const { apply } = ledger.run([]);
    const failB = (): Promise<void> => Promise.reject(new Error('b fails'));
    const works: Readonly<Record<string, UmzugRun['apply']>> = { a: apply, b: failB, c: apply };
    const failing = ledger.run(['a', 'b', 'c'], { apply: async (id) => works[id]?.(id) });
    await expect(runWithUmzug(failing)).rejects.toThrow('b fails');
    expect(ledger.applied).toEqual(['a']);
    expect(ledger.rows).toEqual(['a']);
  });

  test('fails when a migration ended without a row in the ledger, and goes no further', async () => {
    const ledger = new Ledger();
    const forgetful = ledger.run(['a', 'b'], {
      apply: (id) => {
        ledger.applied.push(id);
        return Promise.resolve();
      },
    });
    const error = await thrownBy(runWithUmzug(forgetful));
    expect(error).toMatchObject({
      code: 'HYG_INTERNAL',
      message: 'a ended without a row in the ledger.',
    });
    expect(ledger.applied).toEqual(['a']);
  });
});

describe('what a run with umzug throws', () => {
  function throwing(thrown: unknown): UmzugRun {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- an author may throw anything
    return new Ledger().run(['a'], { apply: () => Promise.reject(thrown) });
  }

  test('is the error itself, not one of umzug around it', async () => {
    const error = new HygieneError('HYG_RUN_SQL', { message: 'refused' });
    expect(await thrownBy(runWithUmzug(throwing(error)))).toBe(error);
  });

  test.each(['a text', 7, { an: 'object' }])('is %p when that was thrown', async (thrown) => {
    expect(await thrownBy(runWithUmzug(throwing(thrown)))).toBe(thrown);
  });

  test('leads to no context and no connection string, however deep one looks', async () => {
    const ledger = new Ledger();
    for (const run of [
      throwing(new HygieneError('HYG_RUN_SQL', { message: 'refused', cause: new Error('below') })),
      ledger.run(['a'], { isRecorded: () => Promise.resolve(false) }),
      ledger.run(['a'], {
        isRecorded: () => Promise.reject(new Error('the ledger cannot be read')),
      }),
    ]) {
      const error = await thrownBy(runWithUmzug(run));
      const seen = inspect(error, { depth: null, showHidden: true, getters: true });
      expect(seen).not.toContain('secret');
      expect(seen).not.toContain('context');
      expect(seen).not.toContain('MigrationError');
      expect(JSON.stringify(error)).not.toContain('secret');
    }
  });
});

describe('the storage that umzug gets', () => {
  function umzugOver(ledger: Ledger): Umzug {
    return new Umzug({
      migrations: ['a', 'b'].map((name) => ({ name, up: () => Promise.resolve() })),
      context: {},
      storage: ledgerStorage(ledger.run(['a', 'b'])),
      logger: undefined,
    });
  }

  test('refuses `down`, and the ledger stays as it was: umzug would run it again otherwise', async () => {
    const ledger = new Ledger('a', 'b');
    const error = await thrownBy(umzugOver(ledger).down());
    expect(error).toMatchObject({ code: 'HYG_INTERNAL' });
    expect((error as Error).message).toContain('b cannot be taken out of the ledger');
    expect(ledger.rows).toEqual(['a', 'b']);
    expect(await umzugOver(ledger).pending()).toEqual([]);
  });

  test('is read anew by nobody: what is settled was read under the lock of the run', async () => {
    const settled = ['a'];
    const storage = ledgerStorage({ settled, isRecorded: () => Promise.resolve(true) });
    const given = await storage.executed({ context: {} });
    given.push('b');
    expect(settled).toEqual(['a']);
    expect(await storage.executed({ context: {} })).toEqual(['a']);
  });

  test('logs nothing, it asserts: a row that is there is enough', async () => {
    const ledger = new Ledger('a');
    const storage = ledgerStorage(ledger.run(['a', 'b']));
    await expect(storage.logMigration({ name: 'a', context: {} })).resolves.toBeUndefined();
    await expect(storage.logMigration({ name: 'b', context: {} })).rejects.toMatchObject({
      code: 'HYG_INTERNAL',
    });
    expect(ledger.rows).toEqual(['a']);
  });
});
