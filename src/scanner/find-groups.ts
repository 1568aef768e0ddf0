import type { Connection } from '../database/connection.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import type { ColumnRole } from './column-role.ts';
import type { Judgement, Strength } from './detectors/detector.ts';
import { numberedSeries } from './groups/numbered-series.ts';
import { type DatedRow, seedRunMembers } from './groups/seed-runs.ts';
import { columnOf, keyText } from './row-key.ts';
import { only, somePages } from './sample-table.ts';
import type { ScanState, TableState } from './scan-state.ts';
import { createdAtSql, type ScannedTable } from './scanned-table.ts';

/** Moments looked at in one table; a seed has few. */
const MOST_MOMENTS = 500;
/** Rows of the neighbourhood that are read; beyond it the table is too busy for moments to say anything. */
const MOST_ROWS = 50_000;
/** Rooms, lessons and tables are numbered too, and mean it. */
const SERIES_COLUMNS: ReadonlyMap<ColumnRole, Strength> = new Map([
  ['email', 'strong'],
  ['username', 'strong'],
  ['name', 'strong'],
  ['title', 'moderate'],
  ['company', 'moderate'],
]);
/** Rows that one hand numbered come within so many milliseconds. */
const SERIES_TIME = 24 * 3_600_000;

/** What only shows in several rows together: numbered series, shared passwords, and the run of a seed. */
export async function findGroups(connection: Connection, state: ScanState): Promise<void> {
  for (const table of state.tables) {
    await state.attempt(table, () => findSeries(connection, table));
    await state.attempt(table, () => findSharedPasswords(connection, table));
    await state.attempt(table, () => findRuns(connection, table));
  }
}

function addToGroup(
  table: TableState,
  row: Pick<DatedRow, 'key'> & { readonly createdAt: number | null },
  judged: Judgement,
): void {
  table.rows.add(row, [
    { ...judged, detector: 'seed-group', family: 'group', column: null, value: null },
  ]);
}

interface ValueRow {
  readonly key: string;
  readonly created: number | null;
  readonly value: string;
}

async function findSeries(connection: Connection, table: TableState): Promise<void> {
  const { scanned } = table;
  for (const [name, role] of scanned.roles) {
    const strength = SERIES_COLUMNS.get(role);
    if (strength === undefined) continue;
    const value = sql`${columnOf('t', name)}::text`;
    const { rows } = await connection.query<ValueRow>(sql`
      select ${keyText(scanned.table, 't')} as key, ${createdAtSql(scanned, 't')} as created,
             left(${value}, 200) as value
        from ${only(scanned.table)} as t ${somePages(table.percent)}
       where ${value} ~ '^[^0-9]*[[:alpha:]][^0-9]*[0-9]{1,6}[^0-9]*$'
       limit ${MOST_ROWS}::int
    `);
    const byKey = new Map(rows.map((row) => [row.key, row]));
    for (const { keys } of numberedSeries(rows)) {
      const members = keys.map((key) => ({ key, createdAt: byKey.get(key)?.created ?? null }));
      const judged = {
        strength: isOneRun(members) ? strength : ('weak' as const),
        says: `is one of ${String(keys.length)} rows that are only numbered (${name})`,
      };
      for (const member of members) addToGroup(table, member, judged);
    }
  }
}

/** Accounts of a hotel's desks are numbered over the years. Where no time is known, nothing speaks against it. */
function isOneRun(members: readonly { readonly createdAt: number | null }[]): boolean {
  const times = members.flatMap(({ createdAt }) => createdAt ?? []);
  return times.length === 0 || Math.max(...times) - Math.min(...times) <= SERIES_TIME;
}

/** A salted hash that several accounts have was copied, not chosen. */
const SALTED = '^([$](2[abxy]|argon2|scrypt|pbkdf2)|pbkdf2_|pbkdf2:|scrypt:)';
const LEAST_SHARED = 3;

async function findSharedPasswords(connection: Connection, table: TableState): Promise<void> {
  const { scanned } = table;
  for (const [name, role] of scanned.roles) {
    if (role !== 'password') continue;
    const stored = sql`${columnOf('t', name)}::text`;
    const { rows } = await connection.query<{
      key: string;
      created: number | null;
      of: number;
    }>(sql`
      select key, created, "of"
        from (select ${keyText(scanned.table, 't')} as key, ${createdAtSql(scanned, 't')} as created,
                     dense_rank() over (order by ${stored})::float8 as "of",
                     count(*) over (partition by ${stored}) as sharers
                from ${only(scanned.table)} as t ${somePages(table.percent)}
               where ${stored} ~ ${SALTED}) as shared
       where sharers >= ${LEAST_SHARED}::int
       limit ${MOST_ROWS}::int
    `);
    const groups = new Map<number, (typeof rows)[number][]>();
    for (const row of rows) groups.set(row.of, [...(groups.get(row.of) ?? []), row]);
    for (const members of groups.values()) {
      const isWithSeed = members.some(({ key }) => table.isSeed(key));
      const strength: Strength = isWithSeed ? 'strong' : 'moderate';
      for (const { key, created } of members) {
        addToGroup(
          table,
          { key, createdAt: created },
          {
            strength,
            says: `shares one salted password hash with ${String(members.length - 1)} others`,
          },
        );
      }
    }
  }
}

async function findRuns(connection: Connection, table: TableState): Promise<void> {
  const { scanned } = table;
  const seconds = momentsOf(table);
  if (scanned.createdAt === null || seconds.length === 0) return;
  const { rows } = await connection.query<{ key: string; created: number }>(
    neighbours(scanned, seconds),
  );
  if (rows.length > MOST_ROWS) return;
  const dated = rows.map(({ key, created }): DatedRow => ({
    key,
    createdAt: created,
    isSeed: table.isSeed(key),
  }));
  const createdAt = new Map(rows.map(({ key, created }) => [key, created]));
  for (const [key, strength] of seedRunMembers(dated)) {
    addToGroup(
      table,
      { key, createdAt: createdAt.get(key) ?? null },
      { strength, says: 'was made in one run with seed data' },
    );
  }
}

/** The seconds in which seed rows were made, if there are not too many. */
function momentsOf(table: TableState): readonly number[] {
  const seconds = new Set<number>();
  for (const key of table.seedKeys()) {
    const created = table.rows.get(key)?.createdAt ?? null;
    if (created === null) continue;
    for (const near of [-2, -1, 0, 1, 2]) seconds.add(Math.floor(created / 1000) + near);
  }
  return seconds.size > MOST_MOMENTS * 5 ? [] : [...seconds];
}

function neighbours(scanned: ScannedTable, seconds: readonly number[]): Sql {
  const created = createdAtSql(scanned, 't');
  return sql`
    select ${keyText(scanned.table, 't')} as key, ${created} as created
      from ${only(scanned.table)} as t
     where floor(${created} / 1000)::int8 = any(${seconds}::int8[])
     limit ${MOST_ROWS + 1}::int
  `;
}
