import { Hono } from 'hono';

import { readAsset } from '../app/read-asset.ts';
import { HygieneError, toHygieneError } from '../kernel/errors.ts';
import { headers, isToken, ownAddressOnly, readingOnly, remember, tokenOnly } from './access.ts';
import { htmlAnswer, problemAnswer, shellOf } from './answers.tsx';
import type { DashboardContext } from './context.ts';
import { ProblemPage, TokenPage } from './pages/problem.tsx';
import { METRICS_TYPE, metricsText } from '../report/metrics.ts';
import { progressRoutes } from './progress-routes.tsx';
import { hygieneRoutes } from './routes.tsx';
import { tableRoutes } from './tables/table-routes.tsx';

/** The whole dashboard as a function of requests; whoever serves it is elsewhere. */
export function createDashboard(dashboard: DashboardContext): Hono {
  const { access, world } = dashboard;
  const app = new Hono();
  app.use(headers());
  app.use(ownAddressOnly(access));
  app.use(readingOnly());
  app.use(async (context, next) => {
    const start = world.clock.monotonicMs();
    await next();
    const ms = Math.round(world.clock.monotonicMs() - start);
    // Without the query, in which a token or a search may stand.
    const { method, path } = context.req;
    world.logger.info({ method, path, status: context.res.status, ms }, 'request');
  });
  app.route('/', assetRoutes());
  app.post('/session', async (context) => {
    const { token } = await context.req.parseBody();
    if (typeof token !== 'string' || !isToken(access, token)) {
      return htmlAnswer(context, <TokenPage isWrong={true} />, 401);
    }
    remember(context, access);
    return context.redirect('/', 303);
  });
  app.use(
    tokenOnly(access, (context) => {
      const isWrong = context.req.query('token') !== undefined;
      if (context.req.path.startsWith('/api/')) return context.json({ error: 'no token' }, 401);
      return htmlAnswer(context, <TokenPage isWrong={isWrong} />, 401);
    }),
  );
  app.get('/metrics', async (context) => {
    const facts = await dashboard.metrics.get();
    return context.body(metricsText(facts), 200, { 'Content-Type': METRICS_TYPE });
  });
  app.route('/', hygieneRoutes(dashboard));
  app.route('/', tableRoutes(dashboard));
  app.route('/', progressRoutes(dashboard));
  app.notFound((context) => {
    const shell = shellOf(dashboard, context);
    return htmlAnswer(context, <ProblemPage shell={shell} error={noPage()} />, 404);
  });
  app.onError((thrown, context) => {
    const error = toHygieneError(thrown);
    if (error.code === 'HYG_INTERNAL') {
      world.logger.error({ stack: thrown.stack }, 'a page failed');
    }
    return problemAnswer(dashboard, context, error);
  });
  return app;
}

function noPage(): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message: 'There is no page at this address.',
    hint: 'The pages are listed beside this text.',
  });
}

const ASSETS = [
  ['theme.css', 'report', 'text/css'],
  ['dashboard.css', 'dashboard', 'text/css'],
  ['tables.js', 'dashboard', 'text/javascript'],
  ['progress.js', 'dashboard', 'text/javascript'],
  ['copy.js', 'dashboard', 'text/javascript'],
  ['icon.svg', 'dashboard', 'image/svg+xml'],
] as const;

/** Hold nothing of the database, and the page that asks for the token needs them. */
function assetRoutes(): Hono {
  const routes = new Hono();
  for (const [name, room, type] of ASSETS) {
    const text = readAsset(room, name);
    routes.get(`/assets/${name}`, (context) =>
      context.body(text, 200, { 'Content-Type': `${type}; charset=utf-8` }),
    );
  }
  return routes;
}
