import { describe, expect, test } from '@jest/globals';

import {
  databaseErrorFacts,
  hasSqlstate,
  isConnectionError,
  isRetryable,
} from '../../src/database/sqlstate.ts';

function databaseError(code: string, fields: object = {}): Error {
  return Object.assign(new Error('from the server'), { code, ...fields });
}

describe('the facts of a database error', () => {
  test('are names and codes, without the row values of DETAIL', () => {
    const error = databaseError('23505', {
      table: 'users',
      schema: 'public',
      constraint: 'users_email_key',
      column: '',
      detail: 'Key (email)=(person@example.com) already exists.',
      position: '17',
    });
    expect(databaseErrorFacts(error)).toEqual({
      sqlstate: '23505',
      message: 'from the server',
      hint: null,
      schema: 'public',
      table: 'users',
      column: null,
      constraint: 'users_email_key',
      position: 17,
    });
  });

  test.each([
    ['a text', 'text'],
    ['an error without a code', new Error('x')],
    ['an error of the network', databaseError('ECONNRESET')],
    ['an error of the system with five letters', databaseError('EPERM')],
    ['an object that is no error', { code: '23505' }],
  ])('are none for %s', (_what, error) => {
    expect(databaseErrorFacts(error)).toBeNull();
    expect(hasSqlstate(error, '23505')).toBe(false);
  });
});

describe('an error', () => {
  test.each(['40001', '40P01', '55P03'])('%s is worth a second try', (code) => {
    expect(isRetryable(databaseError(code))).toBe(true);
  });

  test.each(['23505', '57014', '08006', '42P01'])('%s is not worth a second try', (code) => {
    expect(isRetryable(databaseError(code))).toBe(false);
  });

  test.each(['08006', '08P01', '57P01', '57P02'])(
    '%s means that the connection is gone',
    (code) => {
      expect(isConnectionError(databaseError(code))).toBe(true);
    },
  );

  test.each(['57014', '23505', '40001'])('%s leaves the connection', (code) => {
    expect(isConnectionError(databaseError(code))).toBe(false);
  });

  test.each([
    new Error('Connection terminated unexpectedly'),
    new Error('Client has encountered a connection error and is not queryable'),
    new Error('PGlite is closed'),
    databaseError('ECONNRESET'),
    databaseError('EPIPE'),
  ])('of driver or network (%s) means that the connection is gone', (error) => {
    expect(isConnectionError(error)).toBe(true);
  });

  test.each([
    new Error('the account is closed'),
    new Error('3 terminated contracts are left'),
    databaseError('ENOENT'),
    'Connection terminated',
    null,
  ])('of the author (%s) leaves the connection', (error) => {
    expect(isConnectionError(error)).toBe(false);
  });
});
