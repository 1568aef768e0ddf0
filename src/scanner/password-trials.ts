import { DEFAULT_PASSWORDS, POPULAR } from './credentials/default-passwords.ts';
import { type Account, tryPasswords, type Verdict } from './credentials/try-passwords.ts';
import type { Judgement } from './detectors/detector.ts';
import type { Evidence } from './evidence.ts';
import { passwordColumns, readAccounts } from './read-accounts.ts';
import type { ScanScope } from './scan-scope.ts';
import type { TriedPasswords } from './scan-result.ts';
import { SEED_FROM, type TableState } from './scan-state.ts';
import { DEFAULT_PASSWORD } from './summarise.ts';

/** Below this share of the accounts, a password that many people choose may be somebody's own. */
const COMMON_SHARE = 0.02;

/** Tries default passwords on the accounts of one table, and counts what fits as evidence. */
export async function tryTablePasswords(
  scope: ScanScope,
  table: TableState,
  budgetMs: number,
): Promise<readonly TriedPasswords[]> {
  if (budgetMs <= 0) return passwordColumns(table.scanned).map((column) => untried(table, column));
  const { connection, clock, signal, progress } = scope;
  const tried: TriedPasswords[] = [];
  for (const column of passwordColumns(table.scanned)) {
    const { bytes } = table.sample;
    const { accounts, isWhole } = await readAccounts(connection, table, { column, bytes });
    const trials = await tryPasswords(
      accounts.map((each): Account => ({
        ...each,
        isAdmin: table.admins.has(each.key),
        isSuspect: table.rows.scoreOf(each.key) >= SEED_FROM / 2,
      })),
      {
        clock,
        signal,
        budgetMs,
        onProgress: (done, total) => {
          progress({
            migrationId: 'scan',
            phase: 'trying passwords',
            table: table.scanned.table.name.toString(),
            rowsDone: done,
            rowsTotal: total,
            waitingFor: null,
          });
        },
      },
    );
    const hits = [...trials.verdicts.values()].filter(({ kind }) => kind !== 'broken').length;
    for (const { key, createdAt } of accounts) {
      const verdict = trials.verdicts.get(key);
      if (verdict === undefined) continue;
      const share = hits / Math.max(1, trials.tried);
      const isAdmin = table.admins.has(key);
      table.rows.add({ key, createdAt }, [evidenceOf(verdict, column, isAdmin ? 1 : share)]);
    }
    const { table: name } = table.scanned;
    tried.push({
      table: name,
      column,
      accounts: accounts.length,
      tried: trials.tried,
      isWhole,
      notTried: trials.notTried,
    });
  }
  return tried;
}

function untried({ scanned }: TableState, column: string): TriedPasswords {
  const notTried = ['no password was tried, since there was no time for it'];
  return { table: scanned.table, column, accounts: 0, tried: 0, isWhole: false, notTried };
}

function evidenceOf(verdict: Verdict, column: string, share: number): Evidence {
  const detector = verdict.kind === 'broken' ? 'broken-hash' : DEFAULT_PASSWORD;
  return { ...judge(verdict, share), detector, family: 'credential', column, value: null };
}

function judge(verdict: Verdict, share: number): Judgement {
  if (verdict.kind === 'broken') {
    return { strength: 'strong', says: 'looks like a hash and is none: nobody can log in with it' };
  }
  const how = verdict.isClear ? 'stands there readable, and is' : 'is';
  if (verdict.kind === 'derived') {
    return { strength: 'strong', says: `${how} made of the account's own name` };
  }
  const isPopular = POPULAR.has(DEFAULT_PASSWORDS[verdict.entry - 1] ?? '');
  return {
    strength: isPopular && share < COMMON_SHARE ? 'moderate' : 'strong',
    says: `${how} entry ${String(verdict.entry)} of the list of default passwords`,
  };
}
