import { HygieneError } from '../../kernel/errors.ts';
import type { ConfiguredTable } from '../../app/dashboard-config.ts';
import type { DescribedTable } from './described-table.ts';

export interface TableRequest {
  /** From 1. */
  readonly page: number;
  /** Null: by the key. */
  readonly sort: { readonly column: string; readonly direction: 'asc' | 'desc' } | null;
  /** Empty: everything. */
  readonly search: string;
}

/** Rows that can be paged to: further down the database would count what nobody reads. */
export const ROWS_REACHED = 10_000;

const SEARCH_MAX = 100;

/**
 * Reads what an address asks of a table; nothing in it reaches a statement but a known column, a small
 * number and a bound value.
 * @throws HygieneError HYG_USAGE
 */
export function readTableRequest(
  query: Readonly<Record<string, string | undefined>>,
  configured: ConfiguredTable,
  described: DescribedTable,
): TableRequest {
  return {
    page: readPage(query['page'], configured.pageSize),
    sort: readSort(query['sort'], query['direction'], { configured, described }),
    search: readSearch(query['search'], configured),
  };
}

function readPage(text: string | undefined, pageSize: number): number {
  if (text === undefined || text === '') return 1;
  const last = Math.ceil(ROWS_REACHED / pageSize);
  const page = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (page >= 1 && page <= last) return page;
  throw usage(`The page must be a number from 1 to ${String(last)}.`);
}

function readSort(
  column: string | undefined,
  direction: string | undefined,
  { configured, described }: { configured: ConfiguredTable; described: DescribedTable },
): TableRequest['sort'] {
  if (column === undefined || column === '') return configured.order;
  const isShown = described.columns.some((each) => each.column === column && !each.masked);
  if (!isShown) {
    const shown = described.columns.filter(({ masked }) => !masked).map((each) => each.column);
    throw usage(`The rows can be sorted by ${shown.join(', ') || 'the key only'}.`);
  }
  if (direction === undefined || direction === '') return { column, direction: 'asc' };
  if (direction !== 'asc' && direction !== 'desc') throw usage('The direction is asc or desc.');
  return { column, direction };
}

function readSearch(text: string | undefined, { search }: ConfiguredTable): string {
  const wanted = (text ?? '').trim();
  if (wanted === '') return '';
  if (search.length === 0) throw usage('This table has no search.');
  if (wanted.length > SEARCH_MAX || wanted.includes('\0')) {
    throw usage(`The search takes at most ${String(SEARCH_MAX)} characters.`);
  }
  return wanted;
}

function usage(message: string): HygieneError {
  return new HygieneError('HYG_USAGE', { message, hint: 'Go back, or open the page without it.' });
}
