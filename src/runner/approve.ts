import { BEGIN } from '../database/settings.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import type { AppendedEvent } from '../ledger/events.ts';
import { type MigrationRecord, readHistory } from '../ledger/history.ts';
import type { DatabaseIdentity } from '../ledger/identity.ts';
import { Ledger } from '../ledger/ledger.ts';
import { statusAfter } from '../ledger/transitions.ts';
import { differingFields } from '../policy/identity.ts';
import type { PlanFile } from '../policy/plan-binding.ts';
import type { Engine } from './engine.ts';
import { contextFrom, type EventContext, migrationEvent } from './events.ts';
import { assertHead } from './inspection.ts';
import { assertIdentity } from './preconditions.ts';

export interface ApproveOptions {
  readonly plan: PlanFile;
  readonly ticket: string | null;
}

export interface ApproveReport {
  readonly environment: string | null;
  readonly digest: string;
  readonly approved: readonly { readonly id: string; readonly event: AppendedEvent }[];
}

/**
 * Records that somebody answers for this plan: one event for each of its migrations, all or none.
 * @throws HygieneError HYG_REFUSED_PLAN where the plan is of another database, or its time is over
 */
export async function approve(
  engine: Engine,
  { plan, ticket }: ApproveOptions,
): Promise<ApproveReport> {
  const { connection } = engine.session;
  const ledger = new Ledger(connection, engine.names);
  const snapshot = await ledger.snapshot();
  assertHead(snapshot);
  if (!snapshot.installed) throw noLedger();
  const context = await contextFrom(engine, snapshot);
  assertIdentity(snapshot, context.identity);
  assertSameDatabase(plan, context.identity);
  const { migrations, digest } = plan;
  if (migrations.length === 0) throw unfit('It plans nothing, so there is nothing to approve.');
  const records = readHistory(snapshot.events);
  const approved = await recordApprovals(context, { plan, ticket }, records);
  return { environment: context.environment, digest, approved };
}

async function recordApprovals(
  context: EventContext,
  { plan, ticket }: ApproveOptions,
  records: ReadonlyMap<string, MigrationRecord>,
): Promise<ApproveReport['approved']> {
  const { session, names } = context.engine;
  const ledger = new Ledger(session.connection, names);
  await session.connection.query(rawSql(BEGIN));
  const approved: { readonly id: string; readonly event: AppendedEvent }[] = [];
  for (const { id, checksum, tables } of plan.migrations) {
    const { status, generation } = records.get(id) ?? { status: 'pending' as const, generation: 1 };
    if (statusAfter(status, 'approved') === null) {
      throw unfit(`${id} is ${status}: it will not run, so there is nothing to approve.`);
    }
    const event = await ledger.advance(status, {
      ...migrationEvent(context, 'approved', { migration: { id, checksum, ticket }, generation }),
      evidence: { planDigest: plan.digest, planCreatedAt: plan.createdAt, tables },
    });
    approved.push({ id, event });
  }
  await session.connection.query(rawSql('commit'));
  return approved;
}

function assertSameDatabase({ identity }: PlanFile, now: DatabaseIdentity): void {
  const [other] = differingFields(identity, { ...now });
  if (other === undefined) return;
  const { field, marked, now: here } = other;
  throw unfit(`It is of another database: ${field} ${String(marked)}, here ${String(here)}.`);
}

function unfit(message: string): HygieneError {
  return new HygieneError('HYG_REFUSED_PLAN', {
    message: `The plan cannot be approved. ${message}`,
    hint: 'Nothing was recorded. Make a new one: hygiene plan --out FILE',
  });
}

function noLedger(): HygieneError {
  return new HygieneError('HYG_LEDGER_OUTDATED', {
    message: 'There is no ledger in this database yet, so nothing can be recorded.',
    hint: 'hygiene init --ledger',
  });
}
