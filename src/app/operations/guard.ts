import type { TargetDescription } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { readHistory } from '../../ledger/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { LedgerSnapshot } from '../../ledger/snapshot.ts';
import type { Engine } from '../../runner/engine.ts';
import { addGuards, type GuardScript, guardScripts } from '../../runner/guards/add-guards.ts';
import { checkGuards } from '../../runner/guards/check-guards.ts';
import { type DroppedGuard, dropGuards } from '../../runner/guards/drop-guards.ts';
import { contextFrom } from '../../runner/events.ts';
import { type InspectedGuard, inspectGuards } from '../../runner/guards/inspect-guards.ts';
import type { GuardOutcome } from '../../runner/guards/settle-guards.ts';
import { assertHead } from '../../runner/inspection.ts';
import { type ConnectOptions, type Purpose, withEngine, type World } from '../compose.ts';

interface GuardFacts {
  readonly target: TargetDescription;
  readonly environment: string | null;
}

export interface GuardListReport extends GuardFacts {
  readonly guards: readonly InspectedGuard[];
}

export interface GuardAddReport extends GuardFacts {
  readonly outcomes: readonly GuardOutcome[];
}

export interface GuardScriptReport extends GuardFacts {
  readonly scripts: readonly GuardScript[];
}

export interface GuardDropReport extends GuardFacts {
  readonly id: string;
  readonly dropped: readonly DroppedGuard[];
}

interface OneOrAll extends ConnectOptions {
  /** Null: all. */
  readonly id: string | null;
}

/** Every seed guard and where it stands, in the ledger and in the database. Changes nothing. */
export function guardListOperation(world: World, options: OneOrAll): Promise<GuardListReport> {
  return withGuards(world, { ...options, purpose: 'read' }, async (engine, snapshot, facts) => {
    const guards = await inspectGuards(engine, snapshot.events);
    return { ...facts, guards: only(options.id, guards) };
  });
}

/** The same, and records what has become of them since the last look. */
export function guardCheckOperation(world: World, options: OneOrAll): Promise<GuardListReport> {
  return withGuards(world, { ...options, purpose: 'apply' }, async (engine, snapshot, facts) => {
    const guards = await checkGuards(engine, snapshot);
    return { ...facts, guards: only(options.id, guards) };
  });
}

/** Adds and proves guards that are not in force. */
export function guardAddOperation(world: World, options: OneOrAll): Promise<GuardAddReport> {
  return withGuards(world, { ...options, purpose: 'apply' }, async (engine, snapshot, facts) => ({
    ...facts,
    outcomes: await addGuards(engine, snapshot, options.id),
  }));
}

/** What the owner of the tables would run to add them. */
export function guardScriptOperation(world: World, options: OneOrAll): Promise<GuardScriptReport> {
  return withGuards(world, { ...options, purpose: 'read' }, async (engine, snapshot, facts) => ({
    ...facts,
    scripts: await guardScripts(engine, snapshot, options.id),
  }));
}

/** Removes the guards of one migration. */
export function guardDropOperation(
  world: World,
  options: ConnectOptions & { readonly id: string; readonly reason: string },
): Promise<GuardDropReport> {
  return withGuards(world, { ...options, purpose: 'apply' }, async (engine, snapshot, facts) => {
    const { id, reason } = options;
    const context = await contextFrom(engine, snapshot);
    return { ...facts, id, dropped: await dropGuards(context, id, reason) };
  });
}

function only(id: string | null, guards: readonly InspectedGuard[]): readonly InspectedGuard[] {
  return guards.filter(({ migrationId }) => id === null || migrationId === id);
}

async function withGuards<T>(
  world: World,
  options: OneOrAll & { readonly purpose: Purpose },
  work: (engine: Engine, snapshot: LedgerSnapshot, facts: GuardFacts) => Promise<T>,
): Promise<T> {
  return withEngine(world, options, async ({ engine }) => {
    const { session, names } = engine;
    const snapshot = await new Ledger(session.connection, names).snapshot();
    assertHead(snapshot);
    const { id } = options;
    if (id !== null && !readHistory(snapshot.events).has(id)) throw unknownId(id);
    const environment = snapshot.marker?.environment ?? null;
    return work(engine, snapshot, { target: session.target, environment });
  });
}

function unknownId(id: string): HygieneError {
  return new HygieneError('HYG_LEDGER_UNKNOWN_ID', {
    message: `The ledger holds no event of a migration "${id}".`,
    hint: 'hygiene guard list   shows whose guards there are; an id is the file name without its extension.',
    details: { id },
  });
}
