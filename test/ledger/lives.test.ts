import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql } from '../../src/kernel/sql.ts';
import { type EventName, eventNames, type NewEvent } from '../../src/ledger/events.ts';
import { readHistory } from '../../src/ledger/history.ts';
import { type Status, statusAfter } from '../../src/ledger/transitions.ts';
import { useDatabase } from '../support/database.ts';
import { eventOf, installLedger, type OpenLedger } from './installed-ledger.ts';
import { Lives, randomLives } from './random-lives.ts';

const database = useDatabase();
let open: OpenLedger;
beforeAll(async () => {
  open = await installLedger(database.url);
});
afterAll(() => open.connection.close());

interface Life {
  readonly events: readonly NewEvent[];
  readonly status: Status;
  readonly generation: number;
}

const possibleEvents = (status: Status): readonly EventName[] =>
  eventNames.filter((event) => statusAfter(status, event) !== null);

/** Each number picks one of the events that may follow; odd ones come with an error. */
function lifeOf(migrationId: string, choices: readonly number[]): Life {
  let life: Life = { events: [], status: 'pending', generation: 1 };
  for (const choice of choices) {
    const possible = possibleEvents(life.status);
    const event = possible[choice % possible.length] ?? 'backup';
    const generation = life.generation + (event === 'reapplied' ? 1 : 0);
    const error = choice % 2 === 1 ? { message: `error ${String(choice)}` } : null;
    const added = eventOf(event, {
      migrationId,
      generation,
      error,
      checksum: `sha256:${String(choice)}`,
    });
    life = {
      events: [...life.events, added],
      status: statusAfter(life.status, event) ?? life.status,
      generation,
    };
  }
  return life;
}

/** The events of all lives in turn, as concurrent deploys would write them. */
function interleaved(lives: readonly Life[]): readonly NewEvent[] {
  const longest = Math.max(...lives.map(({ events }) => events.length));
  return Array.from({ length: longest }, (_, turn) =>
    lives.flatMap(({ events }) => events.slice(turn, turn + 1)),
  ).flat();
}

interface StatusRow {
  readonly migration_id: string;
  readonly status: string;
  readonly generation: number;
  readonly applied_at: Date | null;
  readonly last_event: string;
  readonly last_event_at: Date;
  readonly last_error: string | null;
}

/** What the view says, by migration; `prefix` picks those of one round. */
async function viewedStatus(prefix: string): Promise<ReadonlyMap<string, object>> {
  const { rows } = await open.connection.query<StatusRow>(sql`
    select * from hygiene.status where starts_with(migration_id, ${prefix})
  `);
  return new Map(rows.map((row) => [row.migration_id, row]));
}

/** What the pure fold says, in the columns of the view. */
async function foldedStatus(prefix: string): Promise<ReadonlyMap<string, object>> {
  const events = await open.ledger.events();
  const light = events.map((each) => ({ ...each, errorMessage: each.error?.message ?? null }));
  const records = [...readHistory(light).values()];
  const rows = records
    .filter(({ id }) => id.startsWith(prefix))
    .map((record): StatusRow & Record<string, unknown> => ({
      migration_id: record.id,
      status: record.status,
      generation: record.generation,
      applied_at: record.appliedAt,
      applied_by: record.appliedAt === null ? null : 'postgres',
      rows_removed: null,
      run_id: null,
      last_event: record.lastEvent,
      last_event_at: record.lastEventAt,
      last_error: record.lastError,
    }));
  return new Map(rows.map((row) => [row.migration_id, row]));
}

test('whatever happens to migrations, the chain holds, and history and view agree', async () => {
  let round = 0;
  const choices = fc.array(fc.nat({ max: 9_999 }), { minLength: 1, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(fc.array(choices, { minLength: 1, maxLength: 3 }), async (migrations) => {
      round += 1;
      const prefix = `r${String(round)}_`;
      const lives = migrations.map((each, n) => lifeOf(`${prefix}m${String(n)}`, each));
      await open.connection.script('begin');
      for (const event of interleaved(lives)) await open.ledger.append(event);
      await open.connection.script('commit');

      const viewed = await viewedStatus(prefix);
      expect(viewed).toEqual(await foldedStatus(prefix));
      expect([...viewed.values()]).toHaveLength(lives.length);
      lives.forEach(({ status, generation }, n) => {
        expect(viewed.get(`${prefix}m${String(n)}`)).toMatchObject({ status, generation });
      });
      expect((await open.ledger.verifyChain()).problems).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test('no ledger gives a false alarm, whatever its sessions set, write and take back', async () => {
  const lives = await Lives.in(database.url);
  await fc.assert(
    fc.asyncProperty(randomLives, (acts) => lives.live(acts)),
    { numRuns: 15 },
  );
  await lives.close();
});
