import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ConnectOptions } from '../../src/app/compose.ts';
import type { Connection } from '../../src/database/connection.ts';
import { openConnection } from '../database/open-connection.ts';
import { Workbench } from '../engine/workbench.ts';
import { createDatabase } from '../support/database.ts';
import { embeddedIn } from '../support/embedded.ts';

const SAMPLE = ['schema.sql', 'demo-data.sql']
  .map((name) =>
    readFileSync(fileURLToPath(new URL(`../../hygiene/sample/${name}`, import.meta.url)), 'utf8'),
  )
  .join('\n');

/** A project whose database is the sample application. */
export interface SampleProject {
  readonly bench: Workbench;
  readonly where: Partial<ConnectOptions>;
  /** A connection of its own to the database of the project. */
  readonly open: () => Promise<Connection>;
}

/** What happens in a sample project on a server. */
export async function onServer<Told>(
  story: (project: SampleProject) => Promise<Told>,
): Promise<Told> {
  const database = await createDatabase();
  try {
    return await story(
      await seeded({
        bench: new Workbench(database.url),
        where: {},
        open: () => openConnection(database.url),
      }),
    );
  } finally {
    await database.drop();
  }
}

/** What happens in a sample project with the embedded database. */
export async function onEmbedded<Told>(
  story: (project: SampleProject) => Promise<Told>,
): Promise<Told> {
  const bench = new Workbench('postgres://nobody@nowhere.invalid/nothing');
  const source = await embeddedIn(join(bench.directory, '.hygiene'));
  try {
    return await story(
      await seeded({
        bench,
        where: { databaseUrl: null, embedded: true },
        open: () => source.connect(),
      }),
    );
  } finally {
    rmSync(bench.directory, { recursive: true, force: true });
  }
}

async function seeded(project: SampleProject): Promise<SampleProject> {
  const connection = await project.open();
  await connection.script(SAMPLE);
  await connection.close();
  return project;
}
