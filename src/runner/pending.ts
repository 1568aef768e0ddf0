import { HygieneError } from '../kernel/errors.ts';
import type { MigrationRecord } from '../ledger/history.ts';

/** How a file that is older than the newest applied one is treated. */
export type ExecOrder = 'linear' | 'linear-skip' | 'non-linear';

export interface KnownFile {
  readonly id: string;
  readonly checksum: string;
}

export interface Selected {
  /** To be applied, in order. */
  readonly pending: readonly string[];
  /** Older than the newest applied one, and left out because of `linear-skip`. */
  readonly leftOut: readonly string[];
  /** Restored by somebody: they wait for `reapply`. */
  readonly held: readonly string[];
  readonly applied: readonly string[];
  /** Adopted as done without hygiene. */
  readonly baselined: readonly string[];
}

/**
 * Holds the files against the ledger before anything runs.
 * @throws HygieneError HYG_INTEGRITY_EDITED, HYG_INTEGRITY_MISSING, HYG_INTEGRITY_OUT_OF_ORDER
 */
export function selectPending(
  files: readonly KnownFile[],
  records: ReadonlyMap<string, MigrationRecord>,
  order: ExecOrder,
): Selected {
  assertUnchanged(files, records);
  assertPresent(files, records);
  const settled = files.filter(({ id }) => isSettled(records.get(id)));
  const open = files.filter(({ id }) => !isSettled(records.get(id))).map(({ id }) => id);
  const late = latecomers(files, records);
  if (late.length > 0 && order === 'linear') throw outOfOrder(late, settled.at(-1)?.id ?? '');
  const leftOut = order === 'linear-skip' ? late : [];
  return {
    pending: open.filter((id) => !leftOut.includes(id)),
    leftOut,
    held: settled.filter(({ id }) => records.get(id)?.status === 'held').map(({ id }) => id),
    applied: settled.filter(({ id }) => records.get(id)?.status === 'applied').map(({ id }) => id),
    baselined: settled
      .filter(({ id }) => records.get(id)?.status === 'baselined')
      .map(({ id }) => id),
  };
}

/** Older than the newest settled one, though their turn never came: a skipped one has had it. */
export function latecomers(
  files: readonly KnownFile[],
  records: ReadonlyMap<string, MigrationRecord>,
): readonly string[] {
  const newest = files.findLast(({ id }) => isSettled(records.get(id)))?.id ?? '';
  return files
    .map(({ id }) => id)
    .filter((id) => id < newest && !isSettled(records.get(id)))
    .filter((id) => records.get(id)?.status !== 'skipped');
}

function isSettled(record: MigrationRecord | undefined): boolean {
  if (record === undefined) return false;
  return ['applied', 'held', 'retired', 'baselined'].includes(record.status);
}

function assertUnchanged(
  files: readonly KnownFile[],
  records: ReadonlyMap<string, MigrationRecord>,
): void {
  const edited = files.filter(({ id, checksum }) => {
    const record = records.get(id);
    return isSettled(record) && record?.checksum !== null && record?.checksum !== checksum;
  });
  if (edited.length === 0) return;
  throw new HygieneError('HYG_INTEGRITY_EDITED', {
    message: `Applied, but edited since (the file, or one that it imports):\n${listed(edited.map(({ id }) => id))}`,
    hint: 'Restore the file as it was applied (git log -- hygiene), and write a new migration for the change.',
    details: { ids: edited.map(({ id }) => id) },
  });
}

function assertPresent(
  files: readonly KnownFile[],
  records: ReadonlyMap<string, MigrationRecord>,
): void {
  const present = new Set(files.map(({ id }) => id));
  const missing = [...records.values()]
    .filter((record) => isSettled(record) && record.status !== 'retired' && !present.has(record.id))
    .map(({ id }) => id);
  if (missing.length === 0) return;
  throw new HygieneError('HYG_INTEGRITY_MISSING', {
    message: `Applied according to the ledger, but there is no file:\n${listed(missing)}`,
    hint: `Restore the file (git log --all -- hygiene), or check that --dir and the database belong together.
If it has served its purpose: hygiene retire ${missing[0] ?? 'ID'} --reason '…'`,
    details: { ids: missing },
  });
}

function outOfOrder(late: readonly string[], newest: string): HygieneError {
  return new HygieneError('HYG_INTEGRITY_OUT_OF_ORDER', {
    message: `Not applied, but older than the newest applied one (${newest}):\n${listed(late)}`,
    hint: 'Give the file a newer version, or allow it: --exec-order non-linear (or linear-skip to leave it out).',
    details: { ids: late, newest },
  });
}

/** At most six, so that the message stays readable in a terminal. */
function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, 6).map((id) => `  ${id}`);
  return [...shown, ...(ids.length > 6 ? [`  and ${String(ids.length - 6)} more`] : [])].join('\n');
}
