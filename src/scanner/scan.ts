import type { Table } from '../catalog/model.ts';
import { serverEncoding } from '../database/settings.ts';
import type { ProgressPhase } from '../kernel/progress.ts';
import { storableIn } from '../kernel/storable.ts';
import { adminKeys } from './admin-keys.ts';
import { deriveRules } from './derive-rules.ts';
import { allDetectors } from './detectors/all-detectors.ts';
import { excludeRows } from './excluded-rows.ts';
import type { Exclusion } from './exclusion.ts';
import { findGroups } from './find-groups.ts';
import { Judges } from './judge-row.ts';
import { learnTable, type LearnedTable } from './learn-table.ts';
import { findOwnedRows } from './owned-rows.ts';
import { tryTablePasswords } from './password-trials.ts';
import { readMatches } from './read-matches.ts';
import { passwordColumns } from './read-accounts.ts';
import type { ScanResult, TriedPasswords } from './scan-result.ts';
import { ScanState, TableState } from './scan-state.ts';
import { attempt } from './scan-transaction.ts';
import { ScannedRows } from './scanned-rows.ts';
import { apartOf, factsOf, findingsOf, worstFirst } from './summarise.ts';
import { chooseTables, type LeftOut } from './which-tables.ts';
import type { ScanScope } from './scan-scope.ts';

export interface ScanSettings {
  /** Null: every table of the catalog. */
  readonly tables: readonly Table[] | null;
  /** Findings below are left out; from 0 to 1. */
  readonly minScore: number;
  /** Tables with more bytes are looked at in part. */
  readonly wholeUpToBytes: number;
  /** Milliseconds for trying default passwords; 0: none is tried. */
  readonly passwordBudgetMs: number;
  /** Rows of a table that are kept in memory; more are counted. */
  readonly rowsKept: number;
  readonly exclusions: readonly Exclusion[];
  /** Whether to make rules that remove what is found. */
  readonly withRules: boolean;
}

/**
 * Looks for demo, test and seed data. First each table by itself, by what its rows say; then what only
 * shows in several rows: default passwords, groups, and what belongs to seed data.
 */
export async function scan(scope: ScanScope, settings: ScanSettings): Promise<ScanResult> {
  const { connection, catalog } = scope;
  const chosen = chooseTables(catalog, settings.tables);
  const { learned, leftOut } = await learnTables(scope, chosen.tables);
  const tables = learned.map((each) => stateOf(each, settings));
  const state = new ScanState(connection, catalog, tables);
  await readTables(scope, state);
  const passwords = await tryAllPasswords(scope, state, settings);
  tell(scope, 'looking for groups', { table: null, done: 0, total: null });
  await findGroups(connection, state);
  for (const table of tables) {
    await state.attempt(table, () => excludeRows(connection, table, settings.exclusions));
  }
  await findOwnedRows(connection, state);
  for (const table of tables) {
    await state.attempt(table, () => excludeRows(connection, table, settings.exclusions));
  }
  const wanted = tables.filter(({ scanned }) => chosen.isWanted(scanned.table));
  return {
    tables: wanted.map((table) => factsOf(table, settings.minScore)),
    leftOut: [...chosen.leftOut, ...leftOut],
    findings: worstFirst(wanted.map((table) => findingsOf(table, settings.minScore))),
    apart: wanted.flatMap(apartOf),
    passwords: passwords.filter(({ table }) => chosen.isWanted(table)),
    rules: settings.withRules ? await deriveRules(connection, state, settings.minScore) : null,
  };
}

function stateOf(learned: LearnedTable, { rowsKept, wholeUpToBytes }: ScanSettings): TableState {
  const { bytes } = learned.sample;
  const percent = bytes <= wholeUpToBytes ? null : (wholeUpToBytes / bytes) * 100;
  return new TableState(learned, { rows: new ScannedRows(rowsKept), percent });
}

async function learnTables(
  { connection, catalog }: ScanScope,
  tables: readonly Table[],
): Promise<{ readonly learned: readonly LearnedTable[]; readonly leftOut: readonly LeftOut[] }> {
  const learned: LearnedTable[] = [];
  const leftOut: LeftOut[] = [];
  for (const table of tables) {
    const result = await attempt(connection, () => learnTable(connection, catalog, table));
    if (result.ok) learned.push(result.value);
    else leftOut.push({ table: table.name.toString(), reason: result.reason, isBlindSpot: true });
  }
  return { learned, leftOut };
}

async function readTables(scope: ScanScope, state: ScanState): Promise<void> {
  const { connection, catalog } = scope;
  const judges = new Judges(allDetectors, storableIn(await serverEncoding(connection)));
  const total = state.tables.reduce((sum, table) => sum + megabytesOf(table), 0);
  let before = 0;
  for (const table of state.tables) {
    const size = megabytesOf(table);
    const onPart = (share: number): void => {
      tell(scope, 'scanning', {
        table,
        done: Math.round(before + share * size),
        total: Math.round(total),
      });
    };
    await state.attempt(table, () => readMatches(connection, table, { judges, onPart }));
    before += size;
    if (!table.scanned.isOfPersons) continue;
    await state.attempt(table, async () => {
      table.admins = await adminKeys(connection, catalog, table.scanned);
    });
  }
}

/** That are read of it. */
function megabytesOf({ sample, percent }: TableState): number {
  return ((sample.bytes / 2 ** 20) * (percent ?? 100)) / 100;
}

async function tryAllPasswords(
  scope: ScanScope,
  state: ScanState,
  { passwordBudgetMs }: ScanSettings,
): Promise<readonly TriedPasswords[]> {
  const tried: TriedPasswords[] = [];
  let left = passwordBudgetMs;
  const tables = state.tables.filter(({ scanned }) => passwordColumns(scanned).length > 0);
  for (const [at, table] of tables.entries()) {
    const start = scope.clock.monotonicMs();
    // What one table does not need is left for those after it.
    const share = left / (tables.length - at);
    await state.attempt(table, async () => {
      tried.push(...(await tryTablePasswords(scope, table, share)));
    });
    left = Math.max(0, left - (scope.clock.monotonicMs() - start));
  }
  return tried;
}

interface Told {
  readonly table: TableState | null;
  readonly done: number;
  readonly total: number | null;
}

function tell({ progress }: ScanScope, phase: ProgressPhase, { table, done, total }: Told): void {
  progress({
    migrationId: 'scan',
    phase,
    table: table?.scanned.table.name.toString() ?? null,
    rowsDone: done,
    rowsTotal: total,
    waitingFor: null,
  });
}
