import type { JSX } from 'hono/jsx/jsx-runtime';

import type { ConfiguredPage, ConfiguredTable } from '../../app/dashboard-config.ts';
import { counted, grouped } from '../../kernel/counts.ts';
import type { HygieneError } from '../../kernel/errors.ts';
import { moment } from '../../report/wording.ts';
import type { TablePage } from '../tables/read-table.ts';
import { Layout, type Shell } from './layout.tsx';
import { Problem } from './problem.tsx';

/** What came of reading one table of a page. */
export type ShownTable =
  | { readonly kind: 'page'; readonly configured: ConfiguredTable; readonly page: TablePage }
  | {
      readonly kind: 'problem';
      readonly configured: ConfiguredTable;
      readonly error: HygieneError;
    };

interface TablesPageProps {
  readonly shell: Shell;
  readonly page: ConfiguredPage;
  readonly tables: readonly ShownTable[];
}

export function TablesPage({ shell, page, tables }: TablesPageProps): JSX.Element {
  return (
    <Layout shell={shell} title={page.title} scripts={['tables.js']}>
      {tables.map((table) => (
        <section
          class="table-of-rows"
          id={table.configured.path}
          aria-labelledby={`${table.configured.path}-title`}
          data-api={`/api/pages/${page.path}/${table.configured.path}`}
        >
          <h2
            id={`${table.configured.path}-title`}
            class={tables.length === 1 ? 'unseen' : undefined}
          >
            {table.configured.title}
          </h2>
          <div class="rows">
            {table.kind === 'page' ? (
              <RowsView configured={table.configured} page={table.page} />
            ) : (
              <Problem error={table.error} />
            )}
          </div>
        </section>
      ))}
    </Layout>
  );
}

interface RowsViewProps {
  readonly configured: ConfiguredTable;
  readonly page: TablePage;
}

/** The rows with all that moves among them. It works without a script; with one it is exchanged in place. */
export function RowsView({ configured, page }: RowsViewProps): JSX.Element {
  const { state, cleaned, hidden } = page;
  return (
    <>
      {page.hasSearch && state !== 'empty' ? <Search configured={configured} page={page} /> : null}
      {state === 'rows' ? <Rows configured={configured} page={page} /> : null}
      {state === 'empty' ? <Empty page={page} /> : null}
      {state === 'no match' ? <p class="empty">No row holds “{page.search}”.</p> : null}
      {state === 'rows' ? <Pager configured={configured} page={page} /> : null}
      {state !== 'empty' && cleaned !== null ? (
        <p class="quiet">
          {counted(cleaned.removed, 'row')} of this table removed by{' '}
          <a href={`/ledger/${cleaned.seq}`}>{cleaned.migrationId}</a> on {moment(cleaned.at)}.
        </p>
      ) : null}
      {hidden.length === 0 ? null : (
        <p class="quiet">Masked, since the page does not list them: {hidden.join(', ')}.</p>
      )}
    </>
  );
}

function Empty({ page }: { readonly page: TablePage }): JSX.Element {
  const { cleaned, title } = page;
  if (cleaned === null) {
    return (
      <div class="empty">
        <h3>No rows</h3>
        <p>{title} is empty. No cleanup of the ledger has removed rows from it.</p>
      </div>
    );
  }
  const { migrationId, seq, at, removed } = cleaned;
  return (
    <div class="empty">
      <h3>Empty, because it was cleaned</h3>
      <p>
        <a href={`/migrations/${migrationId}`}>{migrationId}</a> removed {counted(removed, 'row')}{' '}
        on {moment(at)}. Nothing is wrong: new rows will appear here.
      </p>
      <p>
        <a href={`/ledger/${seq}`}>Ledger event {seq}</a>
      </p>
    </div>
  );
}

function Search({ configured, page }: RowsViewProps): JSX.Element {
  const id = `${configured.path}-search`;
  return (
    <form class="filter" method="get" role="search">
      <input type="hidden" name="table" value={configured.path} />
      <label for={id}>
        Search
        <input id={id} name="search" type="search" maxlength={100} value={page.search} />
      </label>
      <button type="submit">Search</button>
    </form>
  );
}

function Rows({ configured, page }: RowsViewProps): JSX.Element {
  return (
    <div class="scroll" tabindex={0}>
      <table aria-labelledby={`${configured.path}-title`}>
        <thead>
          <tr>
            {page.columns.map((column) => (
              <Heading column={column} page={page} path={configured.path} />
            ))}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row) => (
            <tr>
              {row.map((value, at) => (
                <td class={page.columns[at]?.isNumber === true ? 'number' : undefined}>
                  {value ?? <span class="quiet">–</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const ARIA_SORTS = { asc: 'ascending', desc: 'descending', none: undefined } as const;

interface HeadingProps {
  readonly column: TablePage['columns'][number];
  readonly page: TablePage;
  readonly path: string;
}

function Heading({ column, page, path }: HeadingProps): JSX.Element {
  const { sort } = page;
  const now = sort?.column === column.column ? sort.direction : null;
  const direction = now === 'asc' ? 'desc' : 'asc';
  return (
    <th
      scope="col"
      class={column.isNumber ? 'number' : undefined}
      aria-sort={ARIA_SORTS[now ?? 'none']}
    >
      {column.masked ? (
        column.title
      ) : (
        <a href={addressOf(path, { ...page, page: 1, sort: { column: column.column, direction } })}>
          {column.title}
        </a>
      )}
    </th>
  );
}

function Pager({ configured, page }: RowsViewProps): JSX.Element {
  const { page: at, pages, pageSize, total, isMore, rows } = page;
  const { path } = configured;
  const first = (at - 1) * pageSize + 1;
  const all = isMore ? `more than ${grouped(total)}` : grouped(total);
  return (
    <nav class="pager" aria-label={`Pages of ${page.title}`}>
      <span role="status">
        {grouped(first)}–{grouped(first + rows.length - 1)} of {all}
      </span>
      {at > 1 ? (
        <a rel="prev" href={addressOf(path, { ...page, page: at - 1 })}>
          Previous
        </a>
      ) : null}
      {at < pages ? (
        <a rel="next" href={addressOf(path, { ...page, page: at + 1 })}>
          Next
        </a>
      ) : null}
    </nav>
  );
}

function addressOf(
  path: string,
  { page, sort, search }: Pick<TablePage, 'page' | 'search' | 'sort'>,
): string {
  const query = new URLSearchParams({
    table: path,
    ...(page > 1 && { page: String(page) }),
    ...(sort !== null && { sort: sort.column, direction: sort.direction }),
    ...(search !== '' && { search }),
  });
  return `?${query.toString()}#${path}`;
}
