import { defineHygiene, purge, rows, sql } from 'pg-hygiene';

const demoUsers = rows('users', sql`email ~* '@example\.(com|org|net)$'`);

export default defineHygiene({
  description: 'Remove the demo accounts that the old seed script left behind',
  ticket: 'OPS-123',
  up: purge(demoUsers, {
    dependents: {
      live_sessions: 'purge',
      reports: 'purge',
      subscriptions: 'purge',
      // The books keep every payment, without the person.
      payments: 'nullify',
    },
    budget: { max: 5_000, maxShare: 0.95 },
    guard: true,
  }),
  async verify({ expect }) {
    await expect.none(demoUsers);
    await expect.atLeast('users', 1);
    await expect.atLeast('admins', 1);
    await expect.unchanged('admins');
  },
  requires: ['users.email'],
});
