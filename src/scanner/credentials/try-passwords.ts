import type { Clock } from '../../kernel/ports.ts';
import { costOf, type Hashed, isHashed, isPassword } from './check-password.ts';
import { DEFAULT_PASSWORDS, derivedPasswords } from './default-passwords.ts';
import { firstAndEvenly } from './first-and-evenly.ts';
import { readStored } from './stored-password.ts';
import { untriedInWords } from './untried.ts';

export interface Account {
  readonly key: string;
  readonly stored: string;
  readonly isAdmin: boolean;
  /** Something else speaks for seed data already, so that a default password is likely. */
  readonly isSuspect: boolean;
  /** What a lazy password could be made of. */
  readonly hints: readonly string[];
}

/** What became of one account. The password itself is never part of it. */
export type Verdict =
  /** Its password is an entry of the list, counted from 1. */
  | { readonly kind: 'default'; readonly entry: number; readonly isClear: boolean }
  /** Its password is its own user name, or that with a number. */
  | { readonly kind: 'derived'; readonly isClear: boolean }
  /** Looks like a hash and is none, so nobody can log in. */
  | { readonly kind: 'broken' };

export interface Trials {
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Accounts that at least one password was tried on. */
  readonly tried: number;
  /** What was not tried, in words. */
  readonly notTried: readonly string[];
}

export interface TrialLimits {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly budgetMs: number;
  /** Trials made, and about how many there will be. */
  readonly onProgress: (done: number, total: number) => void;
}

/** Trials that take less, in microseconds, are made with the whole list. */
const CHEAP = 400;
/** Of accounts that nothing speaks against, with dear hashes. */
const SAMPLE = 2_000;
/** Of the time, what the likeliest entries on that sample may take. */
const SAMPLE_SHARE = 1 / 3;
/** Entries tried on such accounts, beside every password that was found elsewhere. */
const LIKELY = 5;
/** Entries tried on suspects. */
const LIKELY_FOR_SUSPECTS = 60;

interface Slow {
  readonly account: Account;
  /** Microseconds of one trial, about. */
  readonly cost: number;
  readonly hashed: Hashed;
}

/**
 * Tries default passwords: on cheap hashes all of them, on dear ones the likeliest first, administrators
 * before all, then suspects. A password that fits one account is tried on every other at once, since most
 * seed scripts use one for all.
 */
export async function tryPasswords(
  accounts: readonly Account[],
  limits: TrialLimits,
): Promise<Trials> {
  return new PasswordTrials(accounts, limits).run();
}

class PasswordTrials {
  readonly #accounts: readonly Account[];
  readonly #limits: TrialLimits;
  readonly #verdicts = new Map<string, Verdict>();
  readonly #tried = new Set<string>();
  readonly #slow: Slow[] = [];
  /** Passwords that fitted once, and were tried on all others. */
  readonly #spreadPasswords = new Set<string>();
  /** By account with a dear hash, what was tried on it. */
  readonly #done = new Map<string, Set<string>>();
  #unknown = 0;
  #tooDear = 0;
  #trials = 0;
  readonly #start: number;

  constructor(accounts: readonly Account[], limits: TrialLimits) {
    this.#accounts = accounts;
    this.#limits = limits;
    this.#start = limits.clock.monotonicMs();
  }

  async run(): Promise<Trials> {
    for (const account of this.#accounts) await this.#tryCheaply(account);
    const admins = this.#slow.filter(({ account }) => account.isAdmin);
    const suspects = this.#slow.filter(({ account }) => account.isSuspect && !account.isAdmin);
    const others = this.#slow.filter(({ account }) => !account.isSuspect && !account.isAdmin);
    const sample = firstAndEvenly(others, this.#affordable(others));
    const whole = DEFAULT_PASSWORDS.length;
    await this.#tryList(admins, LIKELY_FOR_SUSPECTS);
    await this.#tryList(suspects, LIKELY);
    await this.#tryList(suspects, LIKELY_FOR_SUSPECTS);
    // Two thirds of the seeds have one password for all, so what fits one suspect fits the others.
    await this.#tryList(suspects.slice(0, 1), whole);
    // Whoever gives one account its own name for a password gives it to the others too.
    if ([...this.#verdicts.values()].some(({ kind }) => kind === 'derived'))
      await this.#tryDerived(sample);
    await this.#tryList(sample, LIKELY);
    await this.#tryList(admins, whole);
    await this.#tryList(suspects, whole);
    await this.#tryList(sample, whole);
    return { verdicts: this.#verdicts, tried: this.#tried.size, notTried: this.#notTried() };
  }

  async #tryCheaply(account: Account): Promise<void> {
    const stored = readStored(account.stored);
    if (stored.kind === 'broken') this.#verdicts.set(account.key, { kind: 'broken' });
    if (stored.kind === 'unknown') this.#unknown += 1;
    if (stored.kind === 'clear') this.#tryClear(account, stored.text);
    if (!isHashed(stored)) return;
    const cost = costOf(stored);
    if (cost === null) this.#tooDear += 1;
    else if (cost > CHEAP) this.#slow.push({ account, hashed: stored, cost });
    else {
      const one = { account, hashed: stored, cost };
      if (this.#isOver()) {
        this.#slow.push(one);
        return;
      }
      for (const password of [...DEFAULT_PASSWORDS, ...derivedPasswords(account.hints)]) {
        if (await this.#fits(one, password)) break;
      }
    }
  }

  /** How many accounts the likeliest entries can be tried on in the sample's share of the time. */
  #affordable(others: readonly Slow[]): number {
    const cost = others.reduce((sum, each) => sum + each.cost, 0) / Math.max(1, others.length);
    const timeUs = this.#limits.budgetMs * 1000 * SAMPLE_SHARE;
    return Math.max(LIKELY, Math.min(SAMPLE, Math.floor(timeUs / (LIKELY * cost))));
  }

  #tryClear(account: Account, text: string): void {
    this.#tried.add(account.key);
    this.#record(account, text, true);
  }

  /** @returns whether it was a default */
  #record({ key, hints }: Account, password: string, isClear: boolean): boolean {
    const entry = ENTRIES.get(password);
    if (entry !== undefined) this.#verdicts.set(key, { kind: 'default', entry, isClear });
    else if (derivedPasswords(hints).includes(password)) {
      this.#verdicts.set(key, { kind: 'derived', isClear });
    }
    return this.#verdicts.has(key);
  }

  async #fits({ account, hashed }: Slow, password: string): Promise<boolean> {
    if (this.#verdicts.has(account.key)) return true;
    this.#tried.add(account.key);
    this.#trials += 1;
    return (await isPassword(hashed, password)) && this.#record(account, password, false);
  }

  /** One entry over all accounts, then the next; what is made of the account's own name comes early. */
  async #tryList(group: readonly Slow[], entries: number): Promise<void> {
    for (let at = 0; at < entries; at += 1) {
      const password = DEFAULT_PASSWORDS[at] ?? '';
      if (at === LIKELY) await this.#tryDerived(group.filter(isNamed));
      if (!(await this.#tryOnAll(group, password))) return;
    }
  }

  async #tryDerived(group: readonly Slow[]): Promise<void> {
    for (const one of group) {
      for (const password of derivedPasswords(one.account.hints).slice(0, 4)) {
        if (this.#isOver() || (await this.#fits(one, password))) break;
      }
    }
  }

  /** @returns false when the time is over, or nothing is left to try it on */
  async #tryOnAll(group: readonly Slow[], password: string): Promise<boolean> {
    const left = group.filter((one) => !this.#verdicts.has(one.account.key));
    for (const one of left) {
      if (this.#isOver()) return false;
      if (this.#hasTried(one, password)) continue;
      const hit = await this.#fits(one, password);
      this.#tell();
      if (hit) await this.#spread(password);
    }
    return left.length > 0;
  }

  #tell(): void {
    const all = this.#slow.length * DEFAULT_PASSWORDS.length;
    const spent = this.#limits.clock.monotonicMs() - this.#start;
    const inTime = Math.round((this.#trials * this.#limits.budgetMs) / Math.max(1, spent));
    this.#limits.onProgress(this.#trials, Math.max(this.#trials, Math.min(all, inTime)));
  }

  #hasTried({ account }: Slow, password: string): boolean {
    const done = this.#done.get(account.key) ?? new Set<string>();
    this.#done.set(account.key, done);
    if (done.has(password)) return true;
    done.add(password);
    return false;
  }

  async #spread(password: string): Promise<void> {
    if (this.#spreadPasswords.has(password)) return;
    this.#spreadPasswords.add(password);
    const likelier = this.#slow.filter(isNamed);
    for (const one of new Set([...likelier, ...firstAndEvenly(this.#slow, SAMPLE)])) {
      if (this.#isOver()) return;
      if (!this.#hasTried(one, password)) await this.#fits(one, password);
    }
  }

  #isOver(): boolean {
    this.#limits.signal.throwIfAborted();
    return this.#limits.clock.monotonicMs() - this.#start > this.#limits.budgetMs;
  }

  #notTried(): readonly string[] {
    const open = this.#slow.filter(({ account }) => !this.#verdicts.has(account.key));
    const entries = open.map(({ account }) => this.#done.get(account.key)?.size ?? 0);
    return untriedInWords({
      unknown: this.#unknown,
      tooDear: this.#tooDear,
      untouched: open.filter(({ account }) => !this.#tried.has(account.key)).length,
      partly: entries.filter((tried) => tried > 0 && tried < DEFAULT_PASSWORDS.length),
    });
  }
}

function isNamed({ account }: Slow): boolean {
  return account.isSuspect || account.isAdmin;
}

const ENTRIES: ReadonlyMap<string, number> = new Map(
  [...DEFAULT_PASSWORDS].reverse().map((password, at) => [password, DEFAULT_PASSWORDS.length - at]),
);
