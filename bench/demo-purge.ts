export const DEMO_PURGE_ID = '20260101000000_purge_demo_users';

export interface DemoPurge {
  readonly archive: boolean;
  /** Further fields of the definition, such as `transaction: 'batched',`. */
  readonly more?: string | undefined;
}

/** The migration that every benchmark of the sample application applies. */
export function demoPurge({ archive, more = '' }: DemoPurge): string {
  return `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const demoUsers = rows('users', sql\`email like '%@example.com'\`);
export default defineHygiene({
  description: 'Remove the demo users of the benchmark',
  ${archive ? '' : "irreversible: 'it is a benchmark',"}
  ${more}
  up: purge(demoUsers, { dependents: 'all', archive: ${String(archive)}, budget: { max: 20_000_000 } }),
  async verify({ expect }) {
    await expect.none(demoUsers);
  },
});
`;
}
