/** Migrations over the sample application, as texts of files. */

export const purgeDemoUsers = `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const demoUsers = rows('users', sql\`email ~* '@example[.](com|org|net)$'\`);
export default defineHygiene({
  description: 'Remove the demo accounts',
  up: purge(demoUsers, {
    dependents: { live_sessions: 'purge', reports: 'purge', subscriptions: 'purge', payments: 'nullify' },
    budget: { max: 5_000 },
    guard: true,
  }),
  async verify({ expect }) {
    await expect.none(demoUsers);
    await expect.atLeast('admins', 1);
  },
});
`;

export const purgeWithoutDependents = `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const demoUsers = rows('users', sql\`email ~* '@example[.](com|org|net)$'\`);
export default defineHygiene({
  description: 'Remove the demo accounts',
  up: purge(demoUsers, { budget: { max: 5_000 } }),
  async verify({ expect }) {
    await expect.none(demoUsers);
  },
});
`;

export const failingVerify = `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const sessions = rows('live_sessions', sql\`id < 10\`);
export default defineHygiene({
  description: 'Remove the first sessions',
  up: purge(sessions, { budget: { max: 100 } }),
  async verify({ expect }) {
    await expect.count('admins', 2);
  },
});
`;

export const violatingConstraint = `
import { defineHygiene, sql } from 'pg-hygiene';
export default defineHygiene({
  description: 'Take more than everything',
  irreversible: 'a test',
  budget: { max: 10 },
  up: sql\`update payments set amount_cents = -1 where id = 1\`,
  async verify({ expect }) {
    await expect.atLeast('payments', 1);
  },
});
`;

export const forProductionOnly = `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const sessions = rows('live_sessions', sql\`id < 10\`);
export default defineHygiene({
  description: 'Remove the first sessions',
  environments: ['production'],
  up: purge(sessions, { budget: { max: 100 } }),
  async verify({ expect }) {
    await expect.none(sessions);
  },
});
`;

export const requiringWhatIsMissing = `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const invoices = rows('invoices', sql\`demo\`);
export default defineHygiene({
  description: 'Remove the demo invoices',
  requires: ['invoices.demo'],
  up: purge(invoices, { budget: { max: 100 } }),
  async verify({ expect }) {
    await expect.none(invoices);
  },
});
`;

const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/127\.0\.0\.1:\d+\/test_\w+/g, 'HOST/DATABASE'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME'],
  [/(?<=\(|about )\d[\d.]* m?s/g, 'DURATION'],
  [/(?<=(?:delete|detach|rewrite) +)\d[\d.]* m?s/g, 'DURATION'],
  [/hash [0-9a-f]{8}/g, 'hash HASH'],
  [/sha256:[0-9a-f]{64}/g, 'sha256:HASH'],
  [/cleanup_log_\d{8}T\d{6}Z/g, 'cleanup_log_TIME'],
  [/run [0-9a-f-]{36}/g, 'run UUID'],
];

/** What differs from run to run, by its kind. */
export function settled(text: string): string {
  return CHANGING.reduce((result, [pattern, word]) => result.replaceAll(pattern, word), text);
}
