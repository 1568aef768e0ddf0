import { startPostgresServer } from '../test/support/postgres-server.ts';
import { batchedFigures } from './batched.ts';
import { dashboardFigures } from './dashboard.ts';
import { fleetFigures } from './fleet.ts';
import { largePurge } from './large-purge.ts';
import { largeSchema } from './large-schema.ts';
import { ledgerFigures } from './ledger.ts';
import { type Figure, passes, renderFigures } from './measure.ts';
import { memoryFigures } from './memory.ts';
import { processFigures } from './processes.ts';
import { fewDoomedFigures, largeWindowFigures, unindexedFigures } from './strategies.ts';
import { restoreFigures } from './restore.ts';
import { scanFigures } from './scan.ts';

/** \`npm run bench\` runs all; \`npm run bench -- large-schema memory\` runs some. */
const cases: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  processes: processFigures,
  memory: memoryFigures,
  'large-schema': largeSchema,
  'large-purge': largePurge,
  window: largeWindowFigures,
  unindexed: unindexedFigures,
  'few-doomed': fewDoomedFigures,
  restore: restoreFigures,
  ledger: ledgerFigures,
  batched: batchedFigures,
  scan: scanFigures,
  dashboard: dashboardFigures,
  fleet: fleetFigures,
};

const wanted = process.argv.slice(2);
// As PostgreSQL itself has it, durability included: figures are about servers that people run.
const server = await startPostgresServer({});
process.env['HYGIENE_TEST_SERVER'] = server.url;
try {
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(cases)) {
    if (wanted.length === 0 || wanted.includes(name)) figures.push(...(await measure()));
  }
  process.stdout.write(`${renderFigures(figures)}\n`);
  process.exitCode = figures.every(passes) ? 0 : 1;
} finally {
  await server.stop();
}
