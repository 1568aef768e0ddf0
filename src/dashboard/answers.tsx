import type { Context } from 'hono';
import { html } from 'hono/html';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

import type { ErrorCode, HygieneError } from '../kernel/errors.ts';
import { errorDocument } from '../report/error.ts';
import type { DashboardContext } from './context.ts';
import type { Shell } from './pages/layout.tsx';
import { ProblemPage } from './pages/problem.tsx';

/** A whole page. */
export async function htmlAnswer(
  context: Context,
  page: JSX.Element,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  return context.html((await html`<!doctype html>${page}`).toString(), status);
}

export function shellOf(dashboard: DashboardContext, context: Context): Shell {
  const { target, config, overview } = dashboard;
  return {
    target,
    environment: overview.glance()?.status.environment ?? null,
    pages: config.dashboard.pages,
    path: context.req.path,
  };
}

/** For a page the page that says it, for the API the document. */
export function problemAnswer(
  dashboard: DashboardContext,
  context: Context,
  error: HygieneError,
): Response | Promise<Response> {
  const status = httpStatus(error);
  if (context.req.path.startsWith('/api/')) {
    return context.json({ schemaVersion: 1, error: errorDocument(error) }, status);
  }
  const page = <ProblemPage shell={shellOf(dashboard, context)} error={error} />;
  return htmlAnswer(context, page, status);
}

const HTTP_STATUSES: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  HYG_USAGE: 400,
  HYG_LEDGER_UNKNOWN_ID: 404,
  HYG_PAGE_OUTDATED: 404,
  HYG_PLAN_UNKNOWN_TABLE: 404,
  HYG_REFUSED_PRIVILEGES: 403,
  HYG_DB_READ_ONLY: 403,
  HYG_RUN_TIMEOUT: 504,
};

const UNREACHABLE = 8;

export function httpStatus({ code, exitCode }: HygieneError): ContentfulStatusCode {
  return HTTP_STATUSES[code] ?? (exitCode === UNREACHABLE ? 503 : 500);
}
