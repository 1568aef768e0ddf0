import type { Knex } from 'knex';

/** Read when a connection is opened, so that commands without a database work without one. */
function connection(): Knex.PgConnectionConfig {
  const url = process.env['HYGIENE_DATABASE_URL'] ?? process.env['DATABASE_URL'];
  if (url === undefined || url === '') {
    throw new Error('No database: set DATABASE_URL (or HYGIENE_DATABASE_URL) to its address');
  }
  return { connectionString: url };
}

function refuseSeeding(): never {
  throw new Error(
    'Seeding is refused: this project takes seed data out of production, and a seed command would ' +
      'put it back. To see what it would remove, run `hygiene plan`; to find what still seeds, run ' +
      '`hygiene doctor`; rows that a test needs belong into that test.',
  );
}

const seeds = {
  seedSource: {
    getSeeds: refuseSeeding,
    getSeed: refuseSeeding,
    // `seed:make` asks for the folder it would write to.
    _getConfigDirectories: refuseSeeding,
  },
};

/** Hygiene migrations are run by `hygiene up`; there are no others here. */
const migrations: Knex.MigratorConfig = {
  migrationSource: {
    getMigrations: () => Promise.resolve([]),
    getMigrationName: (name: string) => name,
    getMigration: (name: string) => Promise.reject(new Error(`No knex migration ${name}`)),
  },
};

const target: Knex.Config = { client: 'pg', connection, migrations, seeds };

const environments: Readonly<Record<string, Knex.Config>> = {
  development: { ...target, pool: { min: 0, max: 4 } },
  // One session for the work, one to cancel it.
  production: { ...target, pool: { min: 0, max: 2 } },
};

export default environments;
