import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { countOf, events } from '../engine/witness.ts';
import { evidenceOf } from '../engine/workbench.ts';
import { createDatabase } from '../support/database.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { Crowd } from '../batched/crowd.ts';

/** A server of its own, since all databases of a server go down with it. */
describe('a server that is restarted in the middle of the batches', () => {
  let server: PostgresServer;
  const shared = process.env['HYGIENE_TEST_SERVER'];

  beforeAll(async () => {
    server = await startPostgresServer();
    process.env['HYGIENE_TEST_SERVER'] = server.url;
  });

  afterAll(async () => {
    process.env['HYGIENE_TEST_SERVER'] = shared;
    await server.stop();
  });

  test.each(['fast', 'immediate'] as const)(
    'by a %s shutdown: the run goes on when it is back, and no row is lost or doubled',
    async (mode) => {
      const database = await createDatabase();
      const crowd = await Crowd.gathered(database, 3_000);
      const running = crowd.up();
      await crowd.untilDone(500);
      await database.close();
      await server.restart(mode);
      evidenceOf(await running);
      await crowd.expectWhole();
      expect(await countOf(database, "users where email like '%@example.com'")).toBe(0);
      expect(await events(database)).toEqual(['started', 'applied']);
      await database.close();
    },
  );
});
