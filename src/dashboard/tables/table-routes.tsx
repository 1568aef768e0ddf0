import { Hono } from 'hono';
import { html } from 'hono/html';

import type { ConfiguredPage, ConfiguredTable } from '../../app/dashboard-config.ts';
import { HygieneError, toHygieneError } from '../../kernel/errors.ts';
import { htmlAnswer, httpStatus, shellOf } from '../answers.tsx';
import type { DashboardContext } from '../context.ts';
import { RowsView, type ShownTable, TablesPage } from '../pages/tables.tsx';

type Query = Readonly<Record<string, string>>;

/** The pages that the project declares, and the API that feeds their tables. */
export function tableRoutes(dashboard: DashboardContext): Hono {
  const { pages } = dashboard.config.dashboard;
  const routes = new Hono();
  routes.get('/pages/:page', async (context) => {
    const page = findPage(pages, context.req.param('page'));
    const tables = await shownTables(dashboard, page, context.req.query());
    const problem = tables.find((each) => each.kind === 'problem');
    const all = <TablesPage shell={shellOf(dashboard, context)} page={page} tables={tables} />;
    return htmlAnswer(context, all, problem === undefined ? 200 : httpStatus(problem.error));
  });
  routes.get('/api/pages', (context) =>
    context.json({
      schemaVersion: 1,
      pages: pages.map(({ path, title, tables }) => ({
        path,
        title,
        tables: tables.map((table) => ({ path: table.path, title: table.title })),
      })),
    }),
  );
  routes.get('/api/pages/:page/:table', async (context) => {
    const page = findPage(pages, context.req.param('page'));
    const configured = findTable(page, context.req.param('table'));
    const read = await dashboard.tables.get(configured, context.req.query());
    const view = await html`${(<RowsView configured={configured} page={read} />)}`;
    return context.json({ schemaVersion: 1, ...read, view: view.toString() });
  });
  return routes;
}

/** Each table by itself: what is wrong with one is no reason to hide the others. */
function shownTables(
  dashboard: DashboardContext,
  page: ConfiguredPage,
  query: Query,
): Promise<readonly ShownTable[]> {
  const shown = page.tables.map(async (configured): Promise<ShownTable> => {
    const isMeant = (query['table'] ?? configured.path) === configured.path;
    try {
      const read = await dashboard.tables.get(configured, isMeant ? query : {});
      return { kind: 'page', configured, page: read };
    } catch (error) {
      return { kind: 'problem', configured, error: toHygieneError(error) };
    }
  });
  return Promise.all(shown);
}

function findPage(pages: readonly ConfiguredPage[], path: string): ConfiguredPage {
  const page = pages.find((each) => each.path === path);
  if (page !== undefined) return page;
  throw new HygieneError('HYG_USAGE', {
    message: 'There is no page at this address.',
    hint: 'Pages are declared under dashboard.pages in hygiene/config.',
  });
}

function findTable({ tables }: ConfiguredPage, path: string): ConfiguredTable {
  const table = tables.find((each) => each.path === path);
  if (table !== undefined) return table;
  throw new HygieneError('HYG_USAGE', {
    message: 'The page has no table at this address.',
    hint: 'GET /api/pages lists pages and tables.',
  });
}
