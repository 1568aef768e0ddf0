import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { ConnectionSource } from '../../src/database/connection.ts';
import { embeddedSource } from '../../src/database/embedded-connection.ts';

/**
 * An empty embedded database in a directory. To make one takes seconds, so that is done once for all test
 * files, and copied.
 */
export async function embeddedIn(directory: string): Promise<ConnectionSource> {
  const template = join(sharedDirectory(), 'template');
  if (!existsSync(template)) await makeTemplate(template);
  mkdirSync(directory, { recursive: true });
  cpSync(join(template, 'data'), join(directory, 'data'), { recursive: true });
  return embeddedSource(directory, 'test');
}

/** Two workers may come at once: each makes its own, and one of them gives it the name. */
async function makeTemplate(template: string): Promise<void> {
  const draft = mkdtempSync(join(sharedDirectory(), 'draft-'));
  const connection = await embeddedSource(draft, 'test').connect();
  await connection.close();
  try {
    renameSync(draft, template);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(template)) throw error;
  }
}

function sharedDirectory(): string {
  const directory = process.env['HYGIENE_TEST_EMBEDDED'];
  if (directory === undefined) {
    throw new Error('HYGIENE_TEST_EMBEDDED is not set: run the tests with `npm test`');
  }
  return directory;
}
