import { describe, expect, test } from '@jest/globals';

import { HygieneError } from '../../src/kernel/errors.ts';
import { asRunError, isWorthRetrying } from '../../src/runner/failures.ts';
import { expectReadable } from '../policy/terminal.ts';

const ID = '20260101000000_purge_demo_users';

function databaseError(code: string, fields: object = {}): Error {
  return Object.assign(new Error('what the server said'), { code, ...fields });
}

describe('what went wrong in a migration', () => {
  test.each([
    ['40001', 'HYG_LOCK_BUSY', 6],
    ['40P01', 'HYG_LOCK_BUSY', 6],
    ['55P03', 'HYG_LOCK_BUSY', 6],
    ['57014', 'HYG_RUN_TIMEOUT', 1],
    ['HY001', 'HYG_RUN_TRANSACTION_CONTROL', 1],
    ['42501', 'HYG_REFUSED_PRIVILEGES', 7],
    ['08006', 'HYG_DB_CONNECTION_LOST', 8],
    ['57P01', 'HYG_DB_CONNECTION_LOST', 8],
    ['23503', 'HYG_RUN_SQL', 1],
    ['P0001', 'HYG_RUN_SQL', 1],
  ])('as SQLSTATE %s is %s, exit %p', (state, code, exit) => {
    const cause = databaseError(state);
    const error = expectReadable(asRunError(cause, ID));
    expect(error).toMatchObject({ code, exitCode: exit });
    expect(error.message).toContain(ID);
    expect(error.cause).toBe(cause);
  });

  test('in SQL is told with what PostgreSQL said, its hint and where it was, without DETAIL', () => {
    const error = asRunError(
      databaseError('23503', {
        table: 'payments',
        constraint: 'fk',
        hint: 'Do this.',
        detail: 'Key (id)=(7)',
      }),
      ID,
    );
    expect(error.message).toBe(`${ID} was rolled back: what the server said (SQLSTATE 23503)`);
    expect(error.hint).toBe('Do this.');
    expect(error.details).toMatchObject({ sqlstate: '23503', table: 'payments', constraint: 'fk' });
    expect(JSON.stringify(error.details)).not.toContain('Key (id)');
  });

  test.each([
    ['an error of the author', new Error('the account is closed'), 'the account is closed'],
    ['a text', 'no', 'no'],
    ['nothing', undefined, 'undefined'],
  ])('that is %s is told as it came', (_what, thrown, said) => {
    const error = expectReadable(asRunError(thrown, ID));
    expect(error).toMatchObject({ code: 'HYG_RUN_FAILED', exitCode: 1 });
    expect(error.message).toBe(`${ID} failed and was rolled back: ${said}`);
  });

  test('that is told already stays as it is', () => {
    const error = new HygieneError('HYG_VERIFY_FAILED', { message: 'x' });
    expect(asRunError(error, ID)).toBe(error);
  });

  test('with the connection is told as lost, whatever the driver called it', () => {
    const errors = [
      new Error('Connection terminated unexpectedly'),
      Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
    ];
    expect(errors.map((error) => asRunError(error, ID).code)).toEqual([
      'HYG_DB_CONNECTION_LOST',
      'HYG_DB_CONNECTION_LOST',
    ]);
  });
});

describe('the whole transaction', () => {
  test.each(['40001', '40P01', '55P03', '23503'])('is run again after %s', (state) => {
    expect(isWorthRetrying(databaseError(state))).toBe(true);
  });

  test.each(['23505', '57014', '42501', '08006', 'HY001'])('is not run again after %s', (state) => {
    expect(isWorthRetrying(databaseError(state))).toBe(false);
  });

  test('is not run again after an error that is not from PostgreSQL', () => {
    expect(isWorthRetrying(new Error('40001'))).toBe(false);
    expect(isWorthRetrying(new HygieneError('HYG_RUN_SQL', { message: 'x' }))).toBe(false);
  });
});
