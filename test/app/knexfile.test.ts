import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';

import { type KnexfileEntry, readKnexfileEntry } from '../../src/app/knexfile.ts';
import { resolveTarget, type TargetOptions } from '../../src/app/target.ts';
import type { HygieneError } from '../../src/kernel/errors.ts';
import { createImporter } from '../../src/runner/importer.ts';
import { expectReadable } from '../policy/terminal.ts';
import { projectFolder } from '../runner-files/project-folder.ts';
import { thrownBy } from './thrown-by.ts';

const FIELDS = "{ host: 'db', port: 6543, database: 'shop', user: 'app', password: 'secret' }";
const READ = { kind: 'postgres', host: 'db', port: 6543, database: 'shop', user: 'app', url: null };

function options(
  files: Readonly<Record<string, string>>,
  knexfile: string | null = null,
): TargetOptions & { env: string } {
  return {
    cwd: projectFolder(files),
    databaseUrl: null,
    env: 'production',
    embedded: false,
    knexfile,
    variables: {},
  };
}

function read(
  files: Readonly<Record<string, string>>,
  knexfile: string | null = null,
): Promise<KnexfileEntry | null> {
  return readKnexfileEntry(options(files, knexfile), createImporter());
}

function entry(text: string): Promise<KnexfileEntry | null> {
  return read({ 'knexfile.mjs': `export default { production: ${text} };` });
}

async function failure(work: Promise<unknown>): Promise<HygieneError> {
  const error = expectReadable(await thrownBy<HygieneError>(work));
  expect(error).toMatchObject({ code: 'HYG_CONFIG_BAD_KNEXFILE', exitCode: 2 });
  expect(error.hint).toContain('--database-url');
  expect(inspect(error, { depth: null })).not.toContain('secret');
  return error;
}

describe('a connection of a knexfile', () => {
  test.each([
    ['fields', `{ client: 'pg', connection: ${FIELDS} }`],
    ['a function', `{ client: 'pg', connection: () => (${FIELDS}) }`],
    ['an async function', `{ client: 'pg', connection: async () => (${FIELDS}) }`],
    ['an entry that is a function', `() => ({ client: 'pg', connection: ${FIELDS} })`],
    ['client postgres', `{ client: 'postgres', connection: ${FIELDS} }`],
    ['no client', `{ connection: ${FIELDS} }`],
  ])('may be %s', async (_what, text) => {
    expect(await entry(text)).toMatchObject({ ...READ, file: 'knexfile.mjs', searchPath: null });
  });

  test.each([
    ['a text', "{ client: 'pg', connection: 'postgres://app@db/shop' }"],
    [
      'a connectionString',
      "{ client: 'pg', connection: { connectionString: 'postgres://app@db/shop' } }",
    ],
    [
      'a function that gives a connectionString',
      "{ client: 'pg', connection: () => ({ connectionString: 'postgres://app@db/shop' }) }",
    ],
  ])('may be %s with a URL', async (_what, text) => {
    expect(await entry(text)).toMatchObject({ kind: 'postgres', url: 'postgres://app@db/shop' });
  });

  test('keeps what the driver needs, and has port 5432 where it names none', async () => {
    const found = await entry(
      "{ client: 'pg', connection: { host: 'db', database: 'shop', user: 'app', ssl: { ca: 'x' } } }",
    );
    expect(found).toMatchObject({ port: 5432, config: { ssl: { ca: 'x' } } });
  });

  test.each([
    ["'billing'", ['billing']],
    ["['billing', 'public']", ['billing', 'public']],
  ])('with searchPath %s has it', async (text, searchPath) => {
    expect(
      await entry(`{ client: 'pg', connection: ${FIELDS}, searchPath: ${text} }`),
    ).toMatchObject({ searchPath });
  });

  test("with a searchPath has it before the URL's schema", async () => {
    const text =
      "export default { production: { client: 'pg', searchPath: ['mine'], connection: 'postgres://app@db/shop?schema=its' } };";
    const target = await resolveTarget(options({ 'knexfile.mjs': text }), createImporter());
    expect(target.searchPath).toEqual(['mine']);
  });

  test('may be embedded, named as text or by a class', async () => {
    expect(await entry("{ client: 'pglite' }")).toMatchObject({
      kind: 'embedded',
      directory: '.hygiene',
    });
    expect(
      await entry("{ client: class ClientPGLite {}, connection: { filename: 'here' } }"),
    ).toMatchObject({ kind: 'embedded', directory: 'here' });
  });
});

describe('a knexfile', () => {
  test.each([
    [
      'knexfile.ts',
      `export default { production: { client: 'pg', connection: ${FIELDS} } } as const;`,
    ],
    ['knexfile.js', `module.exports = { production: { client: 'pg', connection: ${FIELDS} } };`],
    ['knexfile.cjs', `module.exports = { production: { client: 'pg', connection: ${FIELDS} } };`],
    [
      'knexfile.mjs',
      `export default () => ({ production: { client: 'pg', connection: ${FIELDS} } });`,
    ],
    ['knexfile.mjs', `export default { client: 'pg', connection: ${FIELDS} };`],
  ])('may be %s: %s', async (name, text) => {
    expect(await read({ [name]: text })).toMatchObject({ ...READ, file: name });
  });

  test('that is named is used before those that are found', async () => {
    const files = {
      'knexfile.js':
        "module.exports = { production: { connection: 'postgres://app@found/shop' } };",
      'config/database.js':
        "module.exports = { production: { connection: 'postgres://app@named/shop' } };",
    };
    expect(await read(files, 'config/database.js')).toMatchObject({
      url: 'postgres://app@named/shop',
    });
  });

  test('that nobody named and that is not there is none', async () => {
    expect(await read({})).toBeNull();
  });

  test('that was named and is not there is an error', async () => {
    expect((await failure(read({}, 'config/knexfile.js'))).message).toBe(
      'config/knexfile.js cannot be used: there is no such file.',
    );
  });

  test.each(['mysql2', 'sqlite3', 'better-sqlite3', 'mssql'])(
    'for %s is refused',
    async (client) => {
      const error = await failure(entry(`{ client: '${client}', connection: ${FIELDS} }`));
      expect(error.message).toContain(
        `production uses client "${client}"; hygiene works on PostgreSQL only`,
      );
    },
  );

  test.each([
    ['no connection', "{ client: 'pg' }", 'no object'],
    [
      'a connection without a database',
      "{ client: 'pg', connection: { host: 'db', user: 'app', password: 'secret' } }",
      'must name host, database and user',
    ],
    ['an entry that is no object', "'postgres://app@db/shop'", 'no object'],
    [
      'a connection that throws',
      "{ client: 'pg', connection: () => { throw new Error('no vault') } }",
      'no vault',
    ],
  ])('with %s is told', async (_what, text, said) => {
    expect((await failure(entry(text))).message).toContain(said);
  });

  test('that does not load is told with its file', async () => {
    const error = await thrownBy<HygieneError>(read({ 'knexfile.mjs': 'export default {{' }));
    expect(error).toMatchObject({ code: 'HYG_LOAD_BROKEN_FILE', exitCode: 2 });
    expect(error.message).toContain('knexfile.mjs');
  });
});
