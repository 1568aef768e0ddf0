import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';

import { type ParsedUrl, parseDatabaseUrl } from '../../src/database/database-url.ts';
import { HygieneError } from '../../src/kernel/errors.ts';

const BASE = 'postgres://app:secret@db.internal/shop';

function parse(url: string): ParsedUrl {
  return parseDatabaseUrl(url, 'DATABASE_URL');
}

function problem(url: string): HygieneError {
  try {
    parse(url);
  } catch (error) {
    if (error instanceof HygieneError) return error;
    throw error;
  }
  throw new Error('the URL was accepted');
}

describe('a database URL', () => {
  test('gives host, port, database, user and password', () => {
    expect(parse('postgresql://app:secret@db.internal:6543/shop')).toEqual({
      config: {
        host: 'db.internal',
        port: 6543,
        database: 'shop',
        user: 'app',
        password: 'secret',
        ssl: false,
      },
      host: 'db.internal',
      port: 6543,
      database: 'shop',
      user: 'app',
      searchPath: null,
      notes: [],
    });
  });

  test('has port 5432 and no password where it names none', () => {
    const { config, port } = parse('postgres://app@db/shop');
    expect(port).toBe(5432);
    expect('password' in config).toBe(false);
  });

  test('resolves escapes in every part', () => {
    const { config, user, database } = parse('postgres://a%40b:p%2Fw%23%3A%25%40@db/my%20shop');
    expect(config.password).toBe('p/w#:%@');
    expect([user, database]).toEqual(['a@b', 'my shop']);
  });

  test('takes an @ in the password: the last one ends it', () => {
    expect(parse('postgres://app:p@ss@db/shop')).toMatchObject({
      host: 'db',
      config: { password: 'p@ss' },
    });
  });

  test('may name an IPv6 host', () => {
    expect(parse('postgres://app@[2001:db8::1]:5433/shop')).toMatchObject({
      host: '2001:db8::1',
      port: 5433,
    });
  });

  test('may name a socket directory and a port as parameters', () => {
    const url = 'postgres://app@localhost/shop?host=/var/run/postgresql&port=5433';
    expect(parse(url).config).toMatchObject({ host: '/var/run/postgresql', port: 5433 });
    expect(parse(url).notes).toEqual([]);
  });

  test('may limit how long to wait for the connection', () => {
    expect(parse(`${BASE}?connect_timeout=7`).config.connectionTimeoutMillis).toBe(7000);
    expect(parse(`${BASE}?connect_timeout=0`).config.connectionTimeoutMillis).toBeUndefined();
  });
});

describe("Prisma's and libpq's parameters", () => {
  test('schema becomes the search path', () => {
    expect(parse(`${BASE}?schema=billing`).searchPath).toEqual(['billing']);
  });

  test('options are handed to the server', () => {
    expect(parse(`${BASE}?options=-c%20search_path%3Dx`).config.options).toBe('-c search_path=x');
  });

  test.each([
    ['pgbouncer', 'true'],
    ['connection_limit', '1'],
    ['pool_timeout', '5'],
    ['application_name', 'shop'],
  ])('%s is said to be ignored', (name, value) => {
    expect(parse(`${BASE}?${name}=${value}`).notes).toEqual([
      `URL parameter ${name} is ignored: it does not matter here.`,
    ]);
  });

  test.each(['colour=blue', 'sslidentity=client.p12', 'password=twice'])(
    '%s is said not to be known, without its value',
    (parameter) => {
      const [name = '', value = ''] = parameter.split('=');
      const { notes } = parse(`${BASE}?${parameter}`);
      expect(notes).toEqual([`URL parameter ${name} is not known and ignored.`]);
      expect(notes.join()).not.toContain(value);
    },
  );

  test('each is said once, also when it is given twice', () => {
    expect(parse(`${BASE}?a=1&a=2&pgbouncer=true`).notes).toHaveLength(2);
  });
});

describe('TLS', () => {
  test('follows PGSSLMODE where the URL says nothing, with the same note', () => {
    const { config, notes } = parseDatabaseUrl(BASE, 'DATABASE_URL', 'no-verify');
    expect(config.ssl).toEqual({ rejectUnauthorized: false });
    expect(notes).toEqual([
      'TLS: the server certificate is NOT verified, as the URL (or PGSSLMODE) demands.',
    ]);
    expect(parseDatabaseUrl(`${BASE}?sslmode=disable`, 'x', 'no-verify').config.ssl).toBe(false);
  });

  test.each(['', '?sslmode=disable', '?sslmode=disable&sslaccept=strict'])(
    'is off with %p',
    (query) => {
      expect(parse(BASE + query).config.ssl).toBe(false);
    },
  );

  test.each(['require', 'prefer', 'allow'])('sslmode=%s verifies, and says so', (mode) => {
    const { config, notes } = parse(`${BASE}?sslmode=${mode}`);
    expect(config.ssl).toEqual({ rejectUnauthorized: true });
    expect(notes).toEqual([
      `TLS: sslmode=${mode} verifies the certificate here; sslmode=no-verify would not.`,
    ]);
  });

  test.each(['?sslmode=verify-full', '?sslaccept=strict', '?sslmode=verify-full&sslaccept=strict'])(
    '%s verifies certificate and name, and has nothing to say',
    (query) => {
      const { config, notes } = parse(BASE + query);
      expect(config.ssl).toEqual({ rejectUnauthorized: true });
      expect(notes).toEqual([]);
    },
  );

  test('a mode that nobody knows is refused, with those that there are', () => {
    expect(() => parse(`${BASE}?sslmode=required`)).toThrow(
      expect.objectContaining({
        code: 'HYG_CONFIG_BAD_URL',
        message: expect.stringContaining('sslmode "required" is none of disable, allow,'),
      }),
    );
  });

  test('sslmode=verify-ca verifies the certificate, but not the name', () => {
    const { config } = parse(`${BASE}?sslmode=verify-ca`);
    expect(config.ssl).toMatchObject({ rejectUnauthorized: true });
    const { checkServerIdentity } = config.ssl as {
      checkServerIdentity: (host: string) => unknown;
    };
    expect(checkServerIdentity('another.host')).toBeUndefined();
  });

  test.each([
    'sslmode=no-verify',
    'sslaccept=accept_invalid_certs',
    'sslmode=require&sslaccept=accept_invalid_certs',
  ])('%s does not verify, and says so', (query) => {
    const { config, notes } = parse(`${BASE}?${query}`);
    expect(config.ssl).toEqual({ rejectUnauthorized: false });
    expect(notes).toEqual([
      'TLS: the server certificate is NOT verified, as the URL (or PGSSLMODE) demands.',
    ]);
  });

  test('takes certificates and keys from files, also where no sslmode asks for it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'hygiene-tls-'));
    const file = (name: string): string => {
      writeFileSync(join(directory, name), name);
      return join(directory, name);
    };
    const query = `sslrootcert=${file('ca')}&sslcert=${file('cert')}&sslkey=${file('key')}&sslpassword=pass`;
    const ssl = {
      rejectUnauthorized: true,
      ca: 'ca',
      cert: 'cert',
      key: 'key',
      passphrase: 'pass',
    };
    expect(parse(`${BASE}?sslmode=verify-full&${query}`).config.ssl).toEqual(ssl);
    expect(parse(`${BASE}?${query}`).config.ssl).toEqual(ssl);
  });

  test('sslrootcert=system means the certificates of the system', () => {
    expect(parse(`${BASE}?sslmode=verify-full&sslrootcert=system`).config.ssl).toEqual({
      rejectUnauthorized: true,
    });
  });

  test('a certificate that cannot be read is an error that names the file', () => {
    expect(problem(`${BASE}?sslmode=require&sslrootcert=/no/such.pem`).message).toContain(
      'the file of sslrootcert (/no/such.pem) cannot be read',
    );
  });
});

describe('a database URL that cannot be used', () => {
  test.each([
    ['no URL', 'db.internal/shop', 'it is not a URL'],
    ['another database', 'mysql://app:secret@db/shop', 'it begins with "mysql:"'],
    ['no database', 'postgres://app:secret@db', 'host, database and user must all be named'],
    ['no user', 'postgres://db/shop', 'host, database and user must all be named'],
    ['no host', 'postgres:///shop', 'host, database and user must all be named'],
    ['a port that is none', `${BASE}?port=many`, '"many" is no port'],
    ['a port that cannot be', `${BASE}?port=70000`, '"70000" is no port'],
    ['an unescaped # in the password', 'postgres://app:secret#1@db/shop', 'it is not a URL'],
    ['an unescaped / in the password', 'postgres://app:secret/1@db/shop', 'it is not a URL'],
    [
      'a lone % in the password',
      'postgres://app:secret%zz@db/shop',
      'the password holds a % that is no escape',
    ],
    [
      'a lone % in the name',
      'postgres://app:secret@db/100%',
      'the database holds a % that is no escape',
    ],
  ])('(%s) is told without its password', (_what, url, reason) => {
    const error = problem(url);
    expect(error.code).toBe('HYG_CONFIG_BAD_URL');
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(`The database URL from DATABASE_URL cannot be used: ${reason}`);
    expect(error.hint).toContain('postgres://USER:PASSWORD@HOST:PORT/DATABASE');
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('secret');
  });
});
