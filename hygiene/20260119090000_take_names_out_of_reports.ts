import { defineHygiene, rows, scrub, sql } from 'pg-hygiene';

const namedReports = rows('reports', sql`title like 'Usage report of %'`);

export default defineHygiene({
  description: 'Take the names of people out of report titles; the reports stay',
  ticket: 'OPS-131',
  up: scrub(namedReports, {
    set: { title: 'Usage report' },
    budget: { max: 1_000 },
  }),
  async verify({ expect }) {
    await expect.none(namedReports);
  },
  requires: ['reports.title'],
});
