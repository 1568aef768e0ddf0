import { randomBytes } from 'node:crypto';

import type { Connection } from '../../src/database/connection.ts';
import { connectTo } from '../ledger/installed-ledger.ts';
import type { SuiteDatabase } from '../support/database.ts';

export interface LoginRole {
  readonly name: string;
  /** The database, as this role. */
  readonly url: string;
}

/** A role that may log in and nothing else; the server of the tests goes away with it. */
export async function loginRole(
  database: Pick<SuiteDatabase, 'execute' | 'url'>,
  attributes = '',
): Promise<LoginRole> {
  const name = `deploy_${randomBytes(4).toString('hex')}`;
  await database.execute(`create role ${name} login password 'secret' ${attributes}`);
  const url = new URL(database.url);
  url.username = name;
  url.password = 'secret';
  return { name, url: url.href };
}

/** Sends a script as a role, in a session of its own. */
export async function asRole({ url }: LoginRole, script: string): ReturnType<Connection['script']> {
  const connection = await connectTo(url);
  try {
    return await connection.script(script);
  } finally {
    await connection.close();
  }
}
