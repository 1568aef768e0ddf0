import { resolve } from 'node:path';

import type { TargetDescription } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { RecordedEvent } from '../../ledger/events.ts';
import {
  EXPORTED_COLUMNS,
  type ExportedEvent,
  exportedEvents,
} from '../../ledger/exported-events.ts';
import { type ExportFormat, exportedText } from '../../report/ledger-export.ts';
import type { ConnectOptions, World } from '../compose.ts';
import { writeNewFiles } from '../scaffold/new-file.ts';
import { withLedger } from './ledger.ts';

export interface LedgerShowReport {
  readonly target: TargetDescription;
  readonly environment: string | null;
  readonly installed: boolean;
  readonly events: readonly RecordedEvent[];
}

/**
 * One event by its number, or all of a migration.
 * @throws HygieneError HYG_LEDGER_UNKNOWN_ID
 */
export function ledgerShowOperation(
  world: World,
  options: ConnectOptions & { readonly subject: string },
): Promise<LedgerShowReport> {
  return withLedger(world, options, async (ledger, { installed, ...facts }) => {
    const { subject } = options;
    const seq = /^\d+$/.test(subject) ? Number(subject) : null;
    const isPossible = installed && (seq === null || Number.isSafeInteger(seq));
    const filter = seq === null ? { migrationId: subject } : { seq };
    const events = isPossible ? await ledger.events(filter) : [];
    if (events.length === 0) throw unknownSubject(subject, seq);
    return { ...facts, installed, events };
  });
}

function unknownSubject(subject: string, seq: number | null): HygieneError {
  return new HygieneError('HYG_LEDGER_UNKNOWN_ID', {
    message:
      seq === null
        ? `The ledger holds no event of a migration "${subject}".`
        : `The ledger holds no event ${subject}.`,
    hint: 'hygiene ledger   lists the numbers of the events, and the ids of the migrations.',
    details: { subject },
  });
}

export interface LedgerExportReport {
  readonly target: TargetDescription;
  readonly environment: string | null;
  readonly format: ExportFormat;
  /** Absolute; null: it was not written to a file. */
  readonly file: string | null;
  readonly events: number;
  readonly text: string;
}

/**
 * All events as text, and in a file where one is named; what exists is not overwritten.
 * @throws HygieneError HYG_CONFIG_EXISTS, HYG_USAGE
 */
export function ledgerExportOperation(
  world: World,
  options: ConnectOptions & { readonly format: ExportFormat; readonly output: string | null },
): Promise<LedgerExportReport> {
  const { format, output } = options;
  return withLedger(world, options, async (ledger, { installed, ...facts }, connection) => {
    const events: readonly ExportedEvent[] = installed
      ? await exportedEvents(connection, ledger.names)
      : [];
    const text = exportedText(format, { columns: EXPORTED_COLUMNS, events });
    const file = output === null ? null : resolve(world.cwd, output);
    if (file !== null) writeNewFiles([{ path: file, text }]);
    return { ...facts, format, file, events: events.length, text };
  });
}
