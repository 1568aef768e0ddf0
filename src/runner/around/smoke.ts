import { queryOneOrNone } from '../../database/connection.ts';
import { inReadOnly } from '../../database/reading.ts';
import { databaseErrorFacts } from '../../database/sqlstate.ts';
import type { Sql } from '../../kernel/sql.ts';
import type { SmokeCheck } from '../../policy/routine.ts';
import { runProgram } from '../../programs/run-program.ts';
import { isHashed, isPassword } from '../../scanner/credentials/check-password.ts';
import { readStored } from '../../scanner/credentials/stored-password.ts';
import { type Engine, transactionSettings } from '../engine.ts';
import { type CommandPlace, failureOf } from './run-commands.ts';

/** Renders the dashboard. @returns what does not work, or null */
export type ProbeDashboard = () => Promise<string | null>;

export interface SmokeOutcome {
  readonly label: string;
  readonly passed: boolean;
  readonly durationMs: number;
  /** Why not; null where it passed. Never a password, and never a hash. */
  readonly reason: string | null;
}

export interface SmokeTools {
  readonly place: CommandPlace;
  readonly probeDashboard: ProbeDashboard | null;
}

/** Looks at the application once the data is as it shall be. All checks are made, whatever they find. */
export async function runSmoke(
  engine: Engine,
  checks: readonly SmokeCheck[],
  tools: SmokeTools,
): Promise<readonly SmokeOutcome[]> {
  const outcomes: SmokeOutcome[] = [];
  for (const check of checks) {
    const startedAt = engine.clock.monotonicMs();
    const reason = await reasonOf(engine, check, tools);
    const durationMs = Math.round(engine.clock.monotonicMs() - startedAt);
    outcomes.push({ label: check.name, passed: reason === null, durationMs, reason });
  }
  return outcomes;
}

async function reasonOf(
  engine: Engine,
  check: SmokeCheck,
  { place, probeDashboard }: SmokeTools,
): Promise<string | null> {
  const { signal } = engine;
  try {
    switch (check.kind) {
      case 'command':
        return failureOf(await runProgram({ ...check, ...place, signal }), check.timeoutMs);
      case 'url':
        return await urlFailure(check, signal);
      case 'sql':
        return await sqlFailure(engine, check);
      case 'login':
        return await loginFailure(engine, check);
      case 'dashboard':
        return probeDashboard === null ? 'it cannot be rendered here' : await probeDashboard();
    }
  } catch (error) {
    const { message } = databaseErrorFacts(error) ?? (error as Error);
    return message;
  }
}

async function urlFailure(
  { url, status, timeoutMs }: Extract<SmokeCheck, { kind: 'url' }>,
  signal: AbortSignal,
): Promise<string | null> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const answer = await fetch(url, { signal: either, redirect: 'follow' });
    await answer.body?.cancel();
    return answer.status === status
      ? null
      : `${url} answers ${String(answer.status)}, not ${String(status)}`;
  } catch (error) {
    const { cause, message } = error as Error;
    return `${url}: ${cause instanceof Error ? cause.message : message}`;
  }
}

type FirstValue = { readonly known: false } | { readonly known: true; readonly value: unknown };

/** Read only, and no longer than the check may take. */
function firstValue(engine: Engine, statement: Sql, timeoutMs: number): Promise<FirstValue> {
  const { connection } = engine.session;
  const settings = { ...transactionSettings(engine), statementTimeoutMs: timeoutMs };
  return inReadOnly(connection, settings, async () => {
    const row = await queryOneOrNone<Record<string, unknown>>(connection, statement);
    return row === null ? { known: false } : { known: true, value: Object.values(row)[0] };
  });
}

async function sqlFailure(
  engine: Engine,
  { sql, timeoutMs }: Extract<SmokeCheck, { kind: 'sql' }>,
): Promise<string | null> {
  const first = await firstValue(engine, sql, timeoutMs);
  if (!first.known) return 'the statement found no row';
  const { value } = first;
  return value === true || Number(value) > 0 ? null : 'the first value is neither true nor above 0';
}

async function loginFailure(
  engine: Engine,
  { hash, password, timeoutMs }: Extract<SmokeCheck, { kind: 'login' }>,
): Promise<string | null> {
  if (password === undefined || password === '') return 'no password was given to try';
  const first = await firstValue(engine, hash, timeoutMs);
  if (!first.known) return 'the account is not there';
  const { value } = first;
  if (typeof value !== 'string') return 'the account has no password';
  const stored = readStored(value);
  if (!isHashed(stored)) return 'the stored password is of no form that is known';
  return (await isPassword(stored, password)) ? null : 'the password is not the one that is stored';
}
