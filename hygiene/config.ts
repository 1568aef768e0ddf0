import { defineConfig, rows, sql } from 'pg-hygiene';

export default defineConfig({
  // Whatever a migration says: the people who run the product stay.
  protect: [rows('admins', sql`true`)],

  // Removed rows can be put back for so many days.
  retentionDays: 30,

  environments: {
    production: { confirm: true },
  },

  contacts: [{ name: 'the database team', how: '#database, or databases@corp-mail.io' }],
});
