import { describe, expect, test } from '@jest/globals';

import { commands } from '../../src/cli/commands.ts';
import { connectOptions, GivenOptions } from '../../src/cli/given-options.ts';
import { type OptionSpec, sharedOptions } from '../../src/cli/options.ts';

const shared = Object.entries(sharedOptions as Readonly<Record<string, OptionSpec>>);

describe('the options', () => {
  test.each(shared.filter(([name]) => name !== 'database-url'))(
    '--%s has the variable of its name',
    (name, { variable }) => {
      expect(variable).toBe(`HYGIENE_${name.toUpperCase().replaceAll('-', '_')}`);
    },
  );

  test('of a command are none of the shared ones', () => {
    const names = commands.flatMap(({ options }) => Object.keys(options));
    expect(names.filter((name) => name in sharedOptions)).toEqual([]);
  });

  test('have their defaults when nothing is said', () => {
    expect(connectOptions(new GivenOptions({}, sharedOptions, {}))).toEqual({
      databaseUrl: null,
      env: null,
      embedded: false,
      knexfile: null,
      dir: 'hygiene',
      config: null,
      runLockTimeoutMs: 60_000,
      rowLockTimeoutMs: 3_000,
      statementTimeoutMs: null,
      window: 'online',
      strategy: null,
    });
  });

  test('come from their variables, in seconds where they are times', () => {
    const variables = {
      HYGIENE_ENV: 'staging',
      HYGIENE_EMBEDDED: 'yes',
      HYGIENE_KNEXFILE: 'db/knexfile.js',
      HYGIENE_DIR: 'cleanup',
      HYGIENE_CONFIG: 'cleanup.config.ts',
      HYGIENE_LOCK_TIMEOUT: '0',
      HYGIENE_ROW_LOCK_TIMEOUT: '0.5',
      HYGIENE_STATEMENT_TIMEOUT: '900',
    };
    expect(connectOptions(new GivenOptions({}, sharedOptions, variables))).toEqual({
      databaseUrl: null,
      env: 'staging',
      embedded: true,
      knexfile: 'db/knexfile.js',
      dir: 'cleanup',
      config: 'cleanup.config.ts',
      runLockTimeoutMs: 0,
      rowLockTimeoutMs: 500,
      statementTimeoutMs: 900_000,
      window: 'online',
      strategy: null,
    });
  });

  test('given as a flag win over the variable, a switch that is off included', () => {
    const variables = { HYGIENE_DIR: 'variable', HYGIENE_EMBEDDED: '1' };
    const given = new GivenOptions({ dir: 'flag', embedded: false }, sharedOptions, variables);
    expect(connectOptions(given)).toMatchObject({ dir: 'flag', embedded: false });
  });

  test.each(['', '0', 'false', 'NO', 'off'])('a switch whose variable is "%s" is off', (text) => {
    const given = new GivenOptions({}, sharedOptions, { HYGIENE_JSON: text });
    expect(given.flag('json')).toBe(false);
  });

  test('a switch whose variable is neither yes nor no is an error', () => {
    const given = new GivenOptions({}, sharedOptions, { HYGIENE_JSON: 'maybe' });
    expect(() => given.flag('json')).toThrow('HYGIENE_JSON is "maybe", but must be true or false.');
  });
});
