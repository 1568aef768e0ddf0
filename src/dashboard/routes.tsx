import { Hono } from 'hono';

import { HygieneError } from '../kernel/errors.ts';
import { Ledger } from '../ledger/ledger.ts';
import { eventsText } from '../report/ledger-event.ts';
import { htmlAnswer, shellOf } from './answers.tsx';
import type { DashboardContext } from './context.ts';
import { EventPage, LedgerPage } from './pages/ledger.tsx';
import { MigrationPage, MigrationsPage } from './pages/migration.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { ScanPage } from './pages/scan.tsx';
import { readLedgerPage } from './readings/read-ledger-page.ts';
import { overviewOf } from './readings/read-overview.ts';
import { readMigration } from './readings/read-migration.ts';
import { shownPlan } from './readings/shown-plan.ts';

/** The pages about hygiene itself. */
export function hygieneRoutes(dashboard: DashboardContext): Hono {
  const { readers, config } = dashboard;
  const routes = new Hono();
  routes.get('/', async (context) => {
    const facts = await dashboard.overview.get();
    const overview = overviewOf(facts, dashboard.chain.glance());
    const shell = shellOf(dashboard, context);
    return htmlAnswer(context, <OverviewPage shell={shell} overview={overview} />);
  });
  routes.get('/ledger', async (context) => {
    const chain = await dashboard.chain.refresh();
    const query = context.req.query();
    const facts = await readers.read((opened) => readLedgerPage(opened, chain, query));
    const shell = shellOf(dashboard, context);
    return htmlAnswer(context, <LedgerPage shell={shell} facts={facts} />);
  });
  routes.get('/ledger/:seq', async (context) => {
    const { event, newest } = await readers.read(async ({ engine }) => {
      const ledger = new Ledger(engine.session.connection, engine.names);
      const found = await eventAt(ledger, context.req.param('seq'));
      return { event: found, newest: (await ledger.head())?.seq ?? found.seq };
    });
    const shell = shellOf(dashboard, context);
    const lines = eventsText([event]);
    const page = <EventPage shell={shell} event={event} newest={newest} lines={lines} />;
    return htmlAnswer(context, page);
  });
  routes.get('/migrations', async (context) => {
    const { status } = await dashboard.overview.get();
    const shell = shellOf(dashboard, context);
    return htmlAnswer(context, <MigrationsPage shell={shell} migrations={status.migrations} />);
  });
  routes.get('/migrations/:id', async (context) => {
    const id = context.req.param('id');
    const facts = await readers.read((opened) => readMigration(opened, id, config.retentionDays));
    const plan = await shownPlan(dashboard, facts);
    const shell = shellOf(dashboard, context);
    return htmlAnswer(context, <MigrationPage shell={shell} facts={facts} plan={plan} />);
  });
  routes.get('/scan', async (context) => {
    const scanned = await dashboard.scan.get();
    const shell = shellOf(dashboard, context);
    return htmlAnswer(context, <ScanPage shell={shell} scanned={scanned} />);
  });
  return routes;
}

async function eventAt(
  ledger: Ledger,
  text: string,
): Promise<Awaited<ReturnType<Ledger['events']>>[number]> {
  const seq = /^\d{1,15}$/.test(text) ? Number(text) : null;
  const isThere = seq !== null && (await ledger.isInstalled());
  const [event] = isThere ? await ledger.events({ seq }) : [];
  if (event !== undefined) return event;
  throw new HygieneError('HYG_LEDGER_UNKNOWN_ID', {
    message: 'The ledger holds no event with this number.',
    hint: 'The page Ledger lists those that there are.',
  });
}
