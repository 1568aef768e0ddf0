/** The texts of new files. Each is a complete, valid file; what to edit is said in it. */

/** A table that no database has, so an unedited migration is skipped. */
const TABLE = 'edit_this_table';

export function moduleTemplate(title: string): string {
  return `import { defineHygiene, purge, rows, sql } from 'pg-hygiene';

// Edit these two: the table, and which of its rows go.
const table = '${TABLE}';
const doomed = rows(table, sql\`edit_this_column = 'edit this value'\`);

export default defineHygiene({
  // Edit: the person who approves it reads this.
  description: '${title}: say here what goes and why',
  up: purge(doomed, {
    // What happens to rows that reference a doomed row, such as { orders: 'purge' } ('nullify', 'default').
    // One that is not named is refused, and the refusal prints the line to paste.
    dependents: {},
    // More rows than this are refused.
    budget: { max: 1000 },
  }),
  async verify({ expect }) {
    await expect.none(doomed);
  },
  // Where the table is missing, this is skipped. So it is until you edit it.
  requires: [table],
});
`;
}

export function sqlUpTemplate(title: string): string {
  return `-- description: ${title}: say here what goes and why
-- irreversible: say here why these rows are never wanted back
-- budget: max 1000
-- requires: ${TABLE}

-- Edit the table (also above) and the condition. No begin, no commit: hygiene does that.
delete from ${TABLE}
where edit_this_column = 'edit this value';
`;
}

export function sqlVerifyTemplate(): string {
  return `-- Each statement here must return no rows once the cleanup is done.
select 1
from ${TABLE}
where edit_this_column = 'edit this value'
limit 1;
`;
}

export function configTemplate(): string {
  return `import { defineConfig } from 'pg-hygiene';

export default defineConfig({
  // Rows that no migration may change or remove. Import rows and sql too, then name yours:
  // protect: [rows('admins', sql\`true\`)],

  // Archived rows are kept for so many days at least.
  retentionDays: 30,

  // What a database that is marked \`production\` demands before anything is removed.
  environments: {
    production: { confirm: true },
  },

  // Printed under a failure: whom to ask.
  // contacts: [{ name: 'Database team', how: '#database' }],
});
`;
}

export function exampleTemplate(): string {
  return `// An example to read. Files in this folder are never run: \`hygiene create <name>\` makes one that is.
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';

const demoUsers = rows('users', sql\`email ~* '@example\\.(com|org|net)$'\`);

export default defineHygiene({
  description: 'Remove the demo accounts that the old seed script left behind',
  ticket: 'OPS-123',
  up: purge(demoUsers, {
    dependents: { sessions: 'purge', payments: 'nullify' },
    budget: { max: 5_000, maxShare: 0.95 },
  }),
  async verify({ expect }) {
    await expect.none(demoUsers);
    await expect.atLeast('users', 1);
  },
  requires: ['users.email'],
});
`;
}
