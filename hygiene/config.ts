import { defineConfig, rows, sql } from 'pg-hygiene';

export default defineConfig({
  // Whatever a migration says: the people who run the product stay.
  protect: [rows('admins', sql`true`)],

  // Removed rows can be put back for so many days.
  retentionDays: 30,

  environments: {
    production: {
      confirm: true,
      // Looked at after the commit: what fails ends the run with 4, and the line that restores.
      smoke: [
        {
          name: 'The admin can still log in',
          login: {
            hash: sql`select password_hash from admins where email = 'margit.olsen@corp-mail.io'`,
            // Of the sample; of a real application it comes from where secrets are kept.
            password: process.env['SMOKE_ADMIN_PASSWORD'] ?? 'quiet-harbour-lantern-42',
          },
        },
        { name: 'The dashboard answers', dashboard: true },
      ],
    },
  },

  // What `hygiene serve` shows of the application's own tables; what is not listed stays in the database.
  dashboard: {
    pages: [
      {
        title: 'User management',
        tables: [
          {
            table: 'users',
            title: 'Users',
            columns: ['id', 'email', 'name', 'created_at', 'last_seen_at'],
            order: ['created_at', 'desc'],
            search: ['email', 'name'],
          },
          { table: 'admins', title: 'Admins', columns: ['email', 'name', 'last_login_at'] },
        ],
      },
      {
        title: 'Live sessions',
        tables: [
          {
            table: 'live_sessions',
            title: 'Live sessions',
            columns: ['user_id', 'started_at'],
            order: ['started_at', 'desc'],
          },
        ],
      },
      {
        title: 'Payments & subscriptions',
        path: 'payments',
        tables: [
          {
            table: 'payments',
            title: 'Payments',
            columns: ['id', 'user_id', 'amount_cents', 'paid_at'],
            order: ['paid_at', 'desc'],
          },
          {
            table: 'subscriptions',
            title: 'Subscriptions',
            columns: ['id', 'user_id', 'plan', 'started_at'],
            order: ['started_at', 'desc'],
            search: ['plan'],
          },
        ],
      },
      {
        title: 'Reports handling',
        path: 'reports',
        tables: [
          {
            table: 'reports',
            title: 'Reports',
            columns: ['id', 'title', 'author_id', 'created_at'],
            order: ['created_at', 'desc'],
            search: ['title'],
          },
        ],
      },
    ],
  },

  contacts: [{ name: 'the database team', how: '#database, or databases@corp-mail.io' }],
});
