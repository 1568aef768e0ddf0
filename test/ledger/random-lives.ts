import { expect } from '@jest/globals';
import fc from 'fast-check';

import type { Connection } from '../../src/database/connection.ts';
import { QualifiedName, quoteIdentifier } from '../../src/kernel/identifiers.ts';
import { sql } from '../../src/kernel/sql.ts';
import { type EventName, eventNames } from '../../src/ledger/events.ts';
import { readHistory } from '../../src/ledger/history.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import type { LedgerNames } from '../../src/ledger/names.ts';
import { type Status, statusAfter } from '../../src/ledger/transitions.ts';
import { connectTo, eventOf } from './installed-ledger.ts';

/** What happens to a ledger, one after the other. */
type Act =
  | { readonly kind: 'event' | 'taken back'; readonly migration: number; readonly choice: number }
  | { readonly kind: 'setting'; readonly choice: number }
  | { readonly kind: 'other session' };

const oneEvent = { migration: fc.nat({ max: 2 }), choice: fc.nat({ max: 9_999 }) };

export const randomLives: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('event' as const), ...oneEvent }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('taken back' as const), ...oneEvent }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('setting' as const), choice: fc.nat({ max: 99 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('other session' as const) }) },
  ),
  { minLength: 1, maxLength: 25 },
);

/** What might change how a value is written, and so a hash. */
const SETTINGS = [
  "set timezone = 'Asia/Kathmandu'",
  "set timezone = 'America/St_Johns'",
  "set datestyle = 'SQL, DMY'",
  "set intervalstyle = 'sql_standard'",
  'set extra_float_digits = -5',
  "set bytea_output = 'escape'",
  "set search_path = ''",
  'set standard_conforming_strings = off',
  'reset all',
] as const;

interface Standing {
  readonly status: Status;
  readonly generation: number;
}

const NEW: Standing = { status: 'pending', generation: 1 };

/** A database in which ledgers live one after the other, written to by two sessions. */
export class Lives {
  readonly #sessions: readonly [Connection, Connection];
  #ledgers = 0;

  private constructor(sessions: readonly [Connection, Connection]) {
    this.#sessions = sessions;
  }

  static async in(url: string): Promise<Lives> {
    return new Lives([await connectTo(url), await connectTo(url)]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()));
  }

  /** Lives through it all in a ledger of its own, which must be believed at its end. */
  async live(acts: readonly Act[]): Promise<void> {
    this.#ledgers += 1;
    const schema = `life_${String(this.#ledgers)}`;
    const names = { schema, archiveSchema: `${schema}_archive` };
    const [first] = this.#sessions;
    await first.script('begin');
    await new Ledger(first, names).install('1.2.3');
    await first.script('commit');
    const standings = await this.#act(acts, names);
    for (const session of this.#sessions) await expectBelieved({ session, names }, standings);
    await first.script(
      [names.schema, names.archiveSchema]
        .map(
          (each) =>
            `set client_min_messages = error; drop schema ${quoteIdentifier(each)} cascade;`,
        )
        .join('\n'),
    );
  }

  async #act(acts: readonly Act[], names: LedgerNames): Promise<ReadonlyMap<string, Standing>> {
    const standings = new Map<string, Standing>();
    let at: 0 | 1 = 0;
    for (const act of acts) {
      const session = this.#sessions[at];
      if (act.kind === 'other session') at = at === 0 ? 1 : 0;
      else if (act.kind === 'setting') {
        await session.script(SETTINGS[act.choice % SETTINGS.length] ?? 'reset all');
      } else {
        const migrationId = `m${String(act.migration)}`;
        const before = standings.get(migrationId) ?? NEW;
        const after = await append({ session, names, migrationId, before }, act);
        if (act.kind === 'event') standings.set(migrationId, after);
      }
    }
    return standings;
  }
}

interface Appending {
  readonly session: Connection;
  readonly names: LedgerNames;
  readonly migrationId: string;
  readonly before: Standing;
}

/** Each number picks one of the events that may follow; odd ones come with an error. */
async function append(
  { session, names, migrationId, before }: Appending,
  { kind, choice }: { readonly kind: 'event' | 'taken back'; readonly choice: number },
): Promise<Standing> {
  const possible = eventNames.filter((event) => statusAfter(before.status, event) !== null);
  const event: EventName = possible[choice % possible.length] ?? 'backup';
  const generation = before.generation + (event === 'reapplied' ? 1 : 0);
  const error = choice % 2 === 1 ? { message: `error ${String(choice)}` } : null;
  const evidence = { share: choice / 7, text: 'Zoë \\ "x"', list: [null, true, choice] };
  await session.script('begin');
  await new Ledger(session, names).append(
    eventOf(event, { migrationId, generation, error, evidence }),
  );
  await session.script(kind === 'event' ? 'commit' : 'rollback');
  return { status: statusAfter(before.status, event) ?? before.status, generation };
}

/** No alarm, and everybody who asks is told the same. */
async function expectBelieved(
  { session, names }: Pick<Appending, 'session' | 'names'>,
  standings: ReadonlyMap<string, Standing>,
): Promise<void> {
  const ledger = new Ledger(session, names);
  const chain = await ledger.verifyChain();
  expect(chain.problems).toEqual([]);
  expect(chain.ok).toBe(true);
  expect(await ledger.headIsIntact()).toBe(true);
  const folded = [...readHistory(await ledger.history()).values()].map(
    ({ id, status, generation }) => ({ id, status, generation }),
  );
  const lived = [...standings].map(([id, standing]) => ({ id, ...standing }));
  expect(byId(folded)).toEqual(byId(lived));
  const view = new QualifiedName(names.schema, 'status');
  const { rows } = await session.query<{ id: string }>(
    sql`select migration_id as id, status, generation from ${view}`,
  );
  expect(byId(rows)).toEqual(byId(lived));
}

function byId<T extends { readonly id: string }>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
