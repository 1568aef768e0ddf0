import type { OpenedEngine } from '../../app/compose.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { ChainReport } from '../../ledger/chain-report.ts';
import { type EventName, eventNames } from '../../ledger/events.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { migrationIds } from '../../ledger/looked-up.ts';
import type { LedgerPageFacts } from '../pages/ledger.tsx';

const EVENTS_SHOWN = 50;

/** @throws HygieneError HYG_USAGE */
export async function readLedgerPage(
  { engine }: OpenedEngine,
  chain: ChainReport | null,
  query: Readonly<Record<string, string>>,
): Promise<LedgerPageFacts> {
  const { connection } = engine.session;
  const ledger = new Ledger(connection, engine.names);
  const migrationId = textOf(query['migration']);
  const event = readEvent(textOf(query['event']));
  const before = readPosition(textOf(query['before']));
  const filter = { migrationId, event };
  const installed = await ledger.isInstalled();
  if (!installed) {
    return { installed, chain, filter, events: [], migrationIds: [], olderThan: null };
  }
  const found = await ledger.events({
    ...(migrationId !== null && { migrationId }),
    ...(event !== null && { event }),
    ...(before !== null && { before }),
    limit: EVENTS_SHOWN + 1,
  });
  const events = found.slice(-EVENTS_SHOWN).reverse();
  const olderThan = found.length > EVENTS_SHOWN ? (events.at(-1)?.seq ?? null) : null;
  const ids = await migrationIds(connection, engine.names);
  return { installed, chain, filter, events, migrationIds: ids, olderThan };
}

function textOf(given: string | undefined): string | null {
  return given === undefined || given === '' ? null : given;
}

function readEvent(text: string | null): EventName | null {
  if (text === null) return null;
  const event = eventNames.find((name) => name === text);
  if (event !== undefined) return event;
  throw usage('There is no event of this name.');
}

function readPosition(text: string | null): number | null {
  if (text === null) return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw usage('The position must be a number.');
}

function usage(message: string): HygieneError {
  return new HygieneError('HYG_USAGE', { message, hint: 'Open the page Ledger without it.' });
}
