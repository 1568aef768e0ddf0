import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** Schema scripts by name; any other name is a file of `test/fixtures/schemas`. */
const scripts: Readonly<Record<string, readonly string[]>> = {
  'sample.sql': ['../../hygiene/sample/schema.sql', '../../hygiene/sample/demo-data.sql'],
};

/** A database of its own on the test server. */
export class TestDatabase {
  readonly name: string;
  readonly url: string;
  readonly #clients = new Set<pg.Client>();
  #session: Promise<pg.Client> | undefined;

  constructor(name: string) {
    this.name = name;
    this.url = urlOf(name);
  }

  /** Runs one statement in a session that the database keeps for this, and returns its rows. */
  async query<T extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<T[]> {
    this.#session ??= this.connect();
    const session = await this.#session;
    const result = await session.query<T>(text, [...values]);
    return result.rows;
  }

  /** Runs a script of one or more statements. */
  async execute(script: string): Promise<void> {
    this.#session ??= this.connect();
    const session = await this.#session;
    await session.query(script);
  }

  /** Opens one more session; `drop` closes it if the caller has not. */
  async connect(): Promise<pg.Client> {
    const client = await open(this.url);
    this.#clients.add(client);
    client.once('end', () => this.#clients.delete(client));
    return client;
  }

  /** Closes the sessions opened here. */
  async close(): Promise<void> {
    this.#session = undefined;
    await Promise.all([...this.#clients].map((client) => client.end()));
  }

  /** Removes the database and ends whatever is still connected to it. May be called twice. */
  async drop(): Promise<void> {
    await this.close();
    await onServer((client) =>
      client.query(`drop database if exists ${client.escapeIdentifier(this.name)} with (force)`),
    );
  }
}

/** Creates a database: empty, or a copy of the database `template`. */
export async function createDatabase(
  options: { readonly template?: string; readonly encoding?: string } = {},
): Promise<TestDatabase> {
  const name = `test_${String(process.pid)}_${randomBytes(6).toString('hex')}`;
  const { template = 'template0', encoding } = options;
  const encoded = encoding === undefined ? '' : `encoding ${pg.escapeLiteral(encoding)} locale 'C'`;
  await onServer((client) =>
    client.query(
      // As files: quicker than row by row where nothing has to reach a disk.
      `create database ${client.escapeIdentifier(name)}
         template ${client.escapeIdentifier(template)} ${encoded} strategy file_copy`,
    ),
  );
  return new TestDatabase(name);
}

/**
 * The name of a database that holds `schemaFile`. It is made once per run, whichever worker asks
 * first, and nobody may connect to it: it is only copied.
 */
export async function templateFor(schemaFile: string): Promise<string> {
  const script = await readScript(schemaFile);
  const name = `template_${createHash('sha256').update(script).digest('hex').slice(0, 24)}`;
  await onServer(async (client) => {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
    const known = await client.query('select from pg_database where datname = $1', [name]);
    if (known.rowCount === 0) await buildTemplate(client, name, script);
  });
  return name;
}

async function buildTemplate(client: pg.Client, name: string, script: string): Promise<void> {
  const draft = await createDatabase();
  try {
    await draft.execute(script);
    await draft.execute('analyze');
    await draft.close();
    // Renamed only when complete, so that a failed script never passes for a template.
    await client.query(
      `alter database ${client.escapeIdentifier(draft.name)}
         rename to ${client.escapeIdentifier(name)}`,
    );
  } catch (error) {
    await draft.drop();
    throw error;
  }
}

async function readScript(schemaFile: string): Promise<string> {
  const files = scripts[schemaFile] ?? [`../fixtures/schemas/${schemaFile}`];
  const texts = await Promise.all(
    files.map((file) => readFile(fileURLToPath(new URL(file, import.meta.url)), 'utf8')),
  );
  return texts.join('\n');
}

async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = await open(urlOf('postgres'));
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'hygiene test' });
  // A session ended by the server (pg_terminate_backend) rejects its query; that is enough.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function urlOf(database: string): string {
  const server = process.env['HYGIENE_TEST_SERVER'];
  if (server === undefined) {
    throw new Error('HYGIENE_TEST_SERVER is not set: run the tests with `npm test`');
  }
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
