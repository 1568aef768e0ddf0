import { HygieneError } from '../kernel/errors.ts';
import type { MigrationRecord } from '../ledger/history.ts';
import type { Engine } from './engine.ts';
import { commandContext } from './restore.ts';
import { type Turned, turnMigration } from './turn.ts';

/** Its generation is the one that begins. */
export interface ReapplyReport extends Turned {
  readonly id: string;
  readonly environment: string | null;
}

/**
 * Lets the next `up` apply a migration once more: its next generation begins. Changes no row.
 * @throws HygieneError HYG_REFUSED_NOT_REAPPLICABLE
 */
export async function reapply(
  engine: Engine,
  {
    id,
    isFile,
    reason,
  }: { readonly id: string; readonly isFile: boolean; readonly reason: string },
): Promise<ReapplyReport> {
  const context = await commandContext(engine, id, { isFile });
  if (!isFile) throw withoutFile(id);
  const turned = await turnMigration(context, id, {
    event: 'reapplied',
    note: reason,
    refusal: (record) => notReapplicable(id, record),
  });
  return { id, environment: context.environment, ...turned };
}

function notReapplicable(id: string, record: MigrationRecord | undefined): HygieneError {
  const status = record?.status ?? 'pending';
  const isRetired = status === 'retired';
  return new HygieneError('HYG_REFUSED_NOT_REAPPLICABLE', {
    message: isRetired
      ? `${id} is retired: it has served its purpose, and is not applied again.`
      : `${id} is ${status}: the next up applies it anyway, so there is nothing to release.`,
    hint: isRetired
      ? 'Write a new migration: hygiene create'
      : 'hygiene plan   shows what up would do.',
    details: { id, status },
  });
}

function withoutFile(id: string): HygieneError {
  return new HygieneError('HYG_REFUSED_NOT_REAPPLICABLE', {
    message: `There is no file of ${id}, so no up could apply it again.`,
    hint: 'Bring the file back first: git log --all -- hygiene',
    details: { id },
  });
}
