import { isIP } from 'node:net';

import pg from 'pg';
import { generate } from 'selfsigned';

import { careless, startPostgresServer, type PostgresServer } from './postgres-server.ts';

const ATTEMPTS = 500;

export interface EncryptedServer extends PostgresServer {
  /** PEM; it vouches for itself, and for the given name. */
  readonly certificate: string;
}

/** A PostgreSQL that speaks TLS. @param name what its certificate says it is called, or its address */
export async function startEncryptedServer(name: string): Promise<EncryptedServer> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [altName(name)] }],
  });
  const server = await startPostgresServer(careless);
  try {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    // Written by the server, whose account alone may read the key.
    for (const [file, text] of [
      ['server.crt', cert],
      ['server.key', key],
    ] as const) {
      const lines = client.escapeLiteral(text.replaceAll('\r', '').trimEnd());
      await client.query(
        `copy (select unnest(string_to_array(${lines}, E'\\n'))) to program 'umask 077; cat > ${file}'`,
      );
    }
    await client.query("alter system set ssl = 'on'");
    await client.query('select pg_reload_conf()');
    await client.end();
    await untilEncrypted(server.url);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...server, certificate: cert };
}

function altName(name: string): { type: 2; value: string } | { type: 7; ip: string } {
  return isIP(name) !== 0 ? { type: 7, ip: name } : { type: 2, value: name };
}

async function untilEncrypted(url: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const client = new pg.Client({ connectionString: url, ssl: { rejectUnauthorized: false } });
    client.on('error', () => undefined);
    const isMade = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    if (isMade) return;
  }
  throw new Error('the server does not speak TLS');
}
