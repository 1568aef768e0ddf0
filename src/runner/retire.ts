import { HygieneError } from '../kernel/errors.ts';
import type { MigrationRecord } from '../ledger/history.ts';
import type { Status } from '../ledger/transitions.ts';
import type { Engine } from './engine.ts';
import { commandContext } from './restore.ts';
import { type Turned, turnMigration } from './turn.ts';

export interface RetireReport extends Turned {
  readonly id: string;
  readonly environment: string | null;
}

/**
 * Ends a migration: its file may go, its checks are not repeated, the evidence stays. Changes no row.
 * @throws HygieneError HYG_REFUSED_NOT_RETIRABLE
 */
export async function retire(
  engine: Engine,
  {
    id,
    isFile,
    reason,
  }: { readonly id: string; readonly isFile: boolean; readonly reason: string },
): Promise<RetireReport> {
  const context = await commandContext(engine, id, { isFile });
  const turned = await turnMigration(context, id, {
    event: 'retired',
    note: reason,
    refusal: (record) => notRetirable(id, record),
  });
  return { id, environment: context.environment, ...turned };
}

function notRetirable(id: string, record: MigrationRecord | undefined): HygieneError {
  const status = record?.status ?? 'pending';
  const { message, hint } = reasonAgainst(id, status, record?.generation ?? 1);
  return new HygieneError('HYG_REFUSED_NOT_RETIRABLE', { message, hint, details: { id, status } });
}

function reasonAgainst(
  id: string,
  status: Status,
  generation: number,
): { readonly message: string; readonly hint: string } {
  if (status === 'retired') {
    return {
      message: `${id} is retired already.`,
      hint: 'hygiene ledger --migration ID   shows when, by whom and why.',
    };
  }
  if (status === 'started') {
    return {
      message: `${id} is at work, or its run was killed: how it ends is not known yet.`,
      hint: 'hygiene up   goes on with it; retire it then.',
    };
  }
  const why =
    generation === 1 ? 'it never ran here' : 'it has not run since its rows were put back';
  return {
    message: `${id} is ${status}: ${why}, so there is nothing to retire.`,
    hint: 'Remove its file, if nobody wants it to run.',
  };
}
