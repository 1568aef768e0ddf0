import { type ConnectOptions, openProject, type World } from '../app/compose.ts';
import { Readers } from '../app/readers.ts';
import { silentLogger } from '../kernel/ports.ts';
import { noProgress } from '../kernel/progress.ts';
import type { Observation } from '../report/final/facts.ts';
import { counted, grouped } from '../kernel/counts.ts';
import { dashboardContext } from './context.ts';
import { createDashboard } from './dashboard.tsx';
import type { TablePage } from './tables/read-table.ts';

const HOST = 'probe.invalid';
const WAIT_MS = 5_000;
const SOURCE = 'rendered for this report, without a browser';

/** The pages but for the scan, which takes its time and is a part of the report itself. */
const PAGES = ['/', '/ledger', '/migrations', '/progress'];

/** Renders the pages of the dashboard, and says what whoever opens it now would see. */
export async function probeDashboard(
  world: World,
  connect: ConnectOptions,
): Promise<readonly Observation[]> {
  const config = await openProject(world, connect).config();
  const quiet: World = { ...world, progress: noProgress, logger: silentLogger };
  const readers = new Readers(quiet, connect, { size: 1, waitMs: WAIT_MS });
  try {
    const target = await readers.use(({ engine }) => Promise.resolve(engine.session.target));
    const token = world.random.uuid();
    const access = { token, hosts: new Set([HOST]), cookie: 'probe' };
    const dashboard = createDashboard(
      dashboardContext({ world: quiet, readers, config, target, access }),
    );
    const headers = { host: HOST, authorization: `Bearer ${token}` };
    const get = async (path: string): Promise<Response> =>
      dashboard.request(`http://${HOST}${path}`, { headers });
    const { pages } = config.dashboard;
    const own = pages.map(({ path }) => `/pages/${path}`);
    const tables = pages.flatMap(({ path, tables: shown }) =>
      shown.map((table) => `/api/pages/${path}/${table.path}`),
    );
    const loaded = await pagesThatLoad(get, [...PAGES, ...own]);
    return tables.length === 0 ? [loaded] : [loaded, await emptyStates(get, tables)];
  } finally {
    await readers.close();
  }
}

/** @returns what of the dashboard cannot be rendered, or null */
export async function dashboardFailure(
  world: World,
  connect: ConnectOptions,
): Promise<string | null> {
  const observed = await probeDashboard(world, connect);
  const failed = observed.filter(({ passed }) => !passed);
  if (failed.length === 0) return null;
  return failed.map(({ expected, actual }) => `${expected}: ${actual}`).join('; ');
}

type Get = (path: string) => Promise<Response>;

async function pagesThatLoad(get: Get, paths: readonly string[]): Promise<Observation> {
  const failed: string[] = [];
  for (const path of paths) {
    if ((await get(path)).status !== 200) failed.push(path);
  }
  const well = paths.length - failed.length;
  const but = failed.length === 0 ? '' : `, but not ${failed.join(', ')}`;
  return {
    criterion: 'Dashboard loads',
    expected: 'every page answers',
    actual: `${grouped(well)} of ${counted(paths.length, 'page')}${but}`,
    passed: failed.length === 0,
    source: SOURCE,
  };
}

async function emptyStates(get: Get, paths: readonly string[]): Promise<Observation> {
  let empty = 0;
  let explained = 0;
  for (const path of paths) {
    const answer = await get(path);
    if (answer.status !== 200) continue;
    const page = (await answer.json()) as TablePage & { readonly view: string };
    if (page.state !== 'empty') continue;
    empty += 1;
    if (page.view.includes('class="empty"')) explained += 1;
  }
  const all = `of ${counted(paths.length, 'table')}`;
  return {
    criterion: 'Empty states are shown',
    expected: 'every emptied table says why',
    actual:
      empty === 0
        ? `none ${all} is empty`
        : `${grouped(empty)} ${all} empty, ${grouped(explained)} of them say why`,
    passed: empty === explained,
    source: SOURCE,
  };
}
