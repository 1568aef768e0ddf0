import { join } from 'node:path';
import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';

import { resolveTarget, type Target, type TargetOptions } from '../../src/app/target.ts';
import type { HygieneError } from '../../src/kernel/errors.ts';
import { createImporter } from '../../src/runner/importer.ts';
import { expectReadable } from '../policy/terminal.ts';
import { projectFolder } from '../runner-files/project-folder.ts';
import { thrownBy } from './thrown-by.ts';

const KNEXFILE = `module.exports = {
  development: { client: 'pglite', connection: { filename: 'embedded-here' } },
  staging: { client: 'pg', connection: { host: 'knex-staging', database: 'shop', user: 'app', password: 'secret' } },
  production: { client: 'pg', connection: 'postgres://app:secret@knex-production/shop' },
};`;

/** Everything that can name a database, weakest last. */
const EVERYTHING: Partial<TargetOptions> = {
  databaseUrl: 'postgres://app:secret@flag/shop',
  embedded: true,
  env: 'staging',
  variables: {
    HYGIENE_DATABASE_URL: 'postgres://app:secret@own-variable/shop',
    DATABASE_URL: 'postgres://app:secret@variable/shop',
    NODE_ENV: 'production',
  },
};

const cwd = projectFolder({ 'knexfile.js': KNEXFILE });

function resolveWith(changes: Partial<TargetOptions>): Promise<Target> {
  const nothing = {
    cwd,
    databaseUrl: null,
    env: null,
    embedded: false,
    knexfile: null,
    variables: {},
  };
  return resolveTarget({ ...nothing, ...changes }, createImporter());
}

async function failure(changes: Partial<TargetOptions>): Promise<HygieneError> {
  const error = expectReadable(await thrownBy<HygieneError>(resolveWith(changes)));
  expect(inspect(error, { depth: null })).not.toContain('secret');
  return error;
}

describe('the target', () => {
  const { variables = {} } = EVERYTHING;
  const withoutFlags = { databaseUrl: null, embedded: false };

  test.each<[string, Partial<TargetOptions>, string, string]>([
    ['--database-url', {}, 'flag', '--database-url'],
    ['--embedded', { databaseUrl: null }, 'embedded', '--embedded'],
    ['--env', withoutFlags, 'knex-staging', 'knexfile.js (staging, from --env)'],
    [
      'HYGIENE_DATABASE_URL',
      { ...withoutFlags, env: null },
      'own-variable',
      'HYGIENE_DATABASE_URL',
    ],
    [
      'DATABASE_URL',
      { ...withoutFlags, env: null, variables: { ...variables, HYGIENE_DATABASE_URL: '' } },
      'variable',
      'DATABASE_URL',
    ],
    [
      'NODE_ENV',
      { ...withoutFlags, env: null, variables: { NODE_ENV: 'production' } },
      'knex-production',
      'knexfile.js (production, from NODE_ENV)',
    ],
  ])(
    'comes from %s before all that is weaker, and says so',
    async (_what, ...[changes, host, source]) => {
      const { source: connections } = await resolveWith({ ...EVERYTHING, ...changes });
      expect(connections.target).toMatchObject({ host, source });
      expect(inspect(connections.target)).not.toContain('secret');
    },
  );

  test('that nobody named is exit 2, and every way to name it is told', async () => {
    const error = await failure({});
    expect(error).toMatchObject({
      code: 'HYG_CONFIG_NO_TARGET',
      exitCode: 2,
      message: 'No target database was given.',
    });
    for (const way of [
      '--database-url',
      'HYGIENE_DATABASE_URL',
      'DATABASE_URL',
      '--env NAME',
      '--embedded',
    ]) {
      expect(error.hint).toContain(way);
    }
  });

  test('is never guessed: empty variables and a knexfile that nobody asked for name nothing', async () => {
    const empty = { HYGIENE_DATABASE_URL: '', DATABASE_URL: '', NODE_ENV: '' };
    expect((await failure({ variables: empty })).code).toBe('HYG_CONFIG_NO_TARGET');
  });

  test.each([
    ['--env', { env: 'production' }],
    ['NODE_ENV', { variables: { NODE_ENV: 'production' } }],
  ])('that %s names without a knexfile is none', async (source, changes) => {
    const error = await failure({ cwd: projectFolder(), ...changes });
    expect(error.code).toBe('HYG_CONFIG_NO_TARGET');
    expect(error.message).toContain(`${source} says "production", but there is no knexfile`);
  });

  test('of an unknown environment is exit 2, and the known ones are told', async () => {
    const error = await failure({ env: 'prodution' });
    expect(error).toMatchObject({ code: 'HYG_CONFIG_UNKNOWN_ENV', exitCode: 2 });
    expect(error.message).toBe('knexfile.js has no environment "prodution".');
    expect(error.hint).toContain('development, staging, production');
  });

  test.each(['constructor', 'toString', '__proto__'])(
    'is not what every object has (%s)',
    async (env) => {
      expect((await failure({ env })).code).toBe('HYG_CONFIG_UNKNOWN_ENV');
    },
  );

  test('of a URL that cannot be read is told with where it came from', async () => {
    const error = await failure({ variables: { DATABASE_URL: 'mysql://app:secret@db/shop' } });
    expect(error).toMatchObject({ code: 'HYG_CONFIG_BAD_URL', exitCode: 2 });
    expect(error.message).toContain('DATABASE_URL');
  });

  test('has the search path of a URL that names a schema', async () => {
    expect(
      (await resolveWith({ databaseUrl: 'postgres://app@db/shop?schema=billing' })).searchPath,
    ).toEqual(['billing']);
    expect((await resolveWith({ databaseUrl: 'postgres://app@db/shop' })).searchPath).toBeNull();
  });

  test('is embedded where the knexfile entry says so, in the directory that it names', async () => {
    const { source } = await resolveWith({ env: 'development' });
    expect(source.target).toMatchObject({ kind: 'embedded', database: join(cwd, 'embedded-here') });
  });

  test('that is embedded is in .hygiene of the working directory', async () => {
    expect((await resolveWith({ embedded: true })).source.target.database).toBe(
      join(cwd, '.hygiene'),
    );
  });
});
