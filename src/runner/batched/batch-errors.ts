import { hasSqlstate, isConnectionError, sqlstate } from '../../database/sqlstate.ts';
import { counted } from '../../kernel/counts.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { Progress } from '../../ledger/progress-rows.ts';
import { asRunError, isWorthRetrying } from '../failures.ts';

/** What a batch that failed is good for. */
export type BatchFailure = 'reconnect' | 'again' | 'halve' | 'end';

/**
 * Other sessions' doing: the same batch again. A statement that took too long: half of it. A lost
 * connection: the checkpoint tells where to go on. Anything else would only fail again.
 */
export function batchFailure(error: unknown): BatchFailure {
  if (isConnectionError(error)) return 'reconnect';
  if (hasSqlstate(error, sqlstate.queryCanceled)) return 'halve';
  return isWorthRetrying(error) ? 'again' : 'end';
}

/** The same error, with what became of the batches before it. */
export function asBatchError(thrown: unknown, id: string, rowsDone: number): HygieneError {
  const error = asRunError(thrown, id);
  if (rowsDone === 0 || error.details['rowsCommitted'] !== undefined) return error;
  const hint = (error.hint ?? '').replace('Nothing was kept. ', '');
  return new HygieneError(error.code, {
    message: error.message,
    hint: `${hint}\n${counted(rowsDone, 'row')} of earlier batches stay done; hygiene up goes on from there.`.trim(),
    details: { ...error.details, rowsCommitted: rowsDone },
    cause: error,
  });
}

export function superseded(id: string): HygieneError {
  return new HygieneError('HYG_BATCH_SUPERSEDED', {
    message: `${id}: another run has taken the batches over, since this one gave no sign of life.`,
    hint: 'Nothing is done twice. hygiene status   shows how far it is.',
  });
}

export function cancelledByRequest(progress: Progress): HygieneError {
  const { migrationId, requestedBy, requestReason, rowsDone } = progress;
  const reason = requestReason === null ? '' : ` (${requestReason})`;
  return new HygieneError('HYG_BATCH_CANCELLED', {
    message:
      `${migrationId} was cancelled by ${requestedBy ?? 'somebody'}${reason}; ` +
      `${counted(rowsDone, 'row')} of committed batches stay done.`,
    hint: `hygiene up   goes on\nhygiene restore ${migrationId}   puts the rows back`,
    details: { rowsCommitted: rowsDone, requestedBy },
  });
}

export function heldByAnother(progress: Progress, timeoutMs: number): HygieneError {
  const { migrationId, runId, backendPid, rowsDone, rowsTotal, heartbeatAgeMs } = progress;
  const seconds = String(Math.round(timeoutMs / 1000));
  const extent =
    rowsTotal === null ? '' : `, ${rowsDone} of about ${counted(rowsTotal, 'row')} done`;
  return new HygieneError('HYG_LOCK_HELD', {
    message:
      `Another run has been at work on ${migrationId} for more than ${seconds} s: run ${runId}, ` +
      `pid ${backendPid}, heard of ${String(Math.round(heartbeatAgeMs / 1000))} s ago${extent}.`,
    hint: 'Run again when it is done, or wait longer with --lock-timeout SECONDS. Nothing has to be unlocked.',
    details: { holder: { pid: backendPid, runId } },
  });
}

export function smallestTooSlow(id: string, cause: unknown): HygieneError {
  return new HygieneError('HYG_RUN_TIMEOUT', {
    message: `${id}: a batch of one row takes longer than a statement may.`,
    hint: 'Allow more with --batch-timeout SECONDS; `hygiene plan` names missing indexes.',
    cause,
  });
}
