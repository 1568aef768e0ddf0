import type { ProjectFiles } from '../support/project.ts';

type Files = NonNullable<ProjectFiles['files']>;

/** Texts of files as they stand in repositories. */

export const seedModule = `import pg from 'pg';
const client = new pg.Client();
await client.connect();
await client.query("insert into users (email) values ('a@example.com')");
await client.end();
`;

const knexSeed = `exports.seed = async function (knex) {
  await knex('users').insert([{ email: 'a@example.com' }]);
};
`;

export const packageJson = (scripts: Readonly<Record<string, string>>): string =>
  `${JSON.stringify({ name: 'app', scripts }, null, 2)}\n`;

export interface Example {
  /** What makes it special, for the title of a test. */
  readonly about: string;
  readonly files: Files;
  /** \`file:line what\`, without remarks. */
  readonly findings: readonly string[];
}

/** Repositories that would seed. */
export const seedingRepositories: readonly Example[] = [
  {
    about: 'a script that runs a seed file',
    files: {
      'package.json': packageJson({ build: 'tsc', seed: 'tsx prisma/seed.ts' }),
      'prisma/seed.ts': seedModule,
    },
    findings: [
      'package.json:5 script "seed" runs prisma/seed.ts',
      'prisma/seed.ts:1 writes seed data, and commands run it',
    ],
  },
  {
    about: 'a seed in the middle of a start script',
    files: {
      'package.json': packageJson({
        start: 'prisma migrate deploy && prisma db seed && node server.js',
      }),
    },
    findings: ['package.json:4 script "start" runs prisma db seed'],
  },
  {
    about: 'a script that runs a script that seeds',
    files: {
      'package.json': packageJson({
        'db:fill': 'knex seed:run',
        deploy: 'npm run db:fill && npm start',
      }),
    },
    findings: [
      'package.json:4 script "db:fill" runs knex seed:run',
      'package.json:5 script "deploy" runs the script db:fill',
    ],
  },
  {
    about: 'a list of scripts',
    files: {
      'package.json': packageJson({ seed: 'knex seed:run', all: 'run-s build seed start' }),
    },
    findings: [
      'package.json:4 script "seed" runs knex seed:run',
      'package.json:5 script "all" runs the script seed',
    ],
  },
  {
    about: 'a package of a workspace',
    files: {
      'package.json': '{ "workspaces": ["packages/*"] }\n',
      'packages/api/package.json': packageJson({ seed: 'sequelize-cli db:seed:all' }),
    },
    findings: ['packages/api/package.json:4 script "seed" runs sequelize-cli db:seed:all'],
  },
  {
    about: 'the seed command of Prisma in package.json',
    files: {
      'package.json': '{\n  "prisma": {\n    "seed": "ts-node prisma/seed.ts"\n  }\n}\n',
      'prisma/seed.ts': seedModule,
    },
    findings: [
      'package.json:3 prisma.seed runs prisma/seed.ts',
      'prisma/seed.ts:1 writes seed data, and commands run it',
    ],
  },
  {
    about: 'the seed command of Prisma in its own file',
    files: {
      'prisma.config.ts': `import { defineConfig } from 'prisma/config';
export default defineConfig({
  // seed: 'an old one',
  migrations: { path: 'prisma/migrations', seed: 'tsx prisma/seed.ts' },
});
`,
      'prisma/seed.ts': seedModule,
    },
    findings: [
      'prisma.config.ts:4 migrations.seed runs prisma/seed.ts',
      'prisma/seed.ts:1 writes seed data, and commands run it',
    ],
  },
  {
    about: 'the folder of seeds of a knexfile',
    files: {
      'knexfile.js':
        "module.exports = {\n  client: 'pg',\n  seeds: { directory: './db/seeds' },\n};\n",
      'db/seeds/01_users.js': knexSeed,
    },
    findings: ['knexfile.js:3 knex seed:run would run 1 file of db/seeds'],
  },
  {
    about: 'typeorm-extension, and a file that uses drizzle-seed under another name',
    files: {
      'package.json': packageJson({ fill: 'typeorm-extension seed:run', load: 'tsx src/load.ts' }),
      'src/load.ts': "import { seed } from 'drizzle-seed';\nawait seed(db, schema);\n",
    },
    findings: [
      'package.json:4 script "fill" runs typeorm-extension seed:run',
      'package.json:5 script "load" runs src/load.ts',
      'src/load.ts:1 writes seed data, and commands run it',
    ],
  },
  {
    about: 'a compose file',
    files: {
      'docker-compose.yml': `services:
  web:
    command: sh -c "npm run migrate && npm run seed && npm start"
  rails:
    command: bin/rails db:seed
  seeder:
    command: ["npm", "run", "seed"]
  db:
    image: postgres:18
    volumes:
      - ./db/seed.sql:/docker-entrypoint-initdb.d/seed.sql:ro
`,
    },
    findings: [
      'docker-compose.yml:11 a new database gets ./db/seed.sql',
      'docker-compose.yml:3 services.web.command runs the script seed',
      'docker-compose.yml:5 services.rails.command runs rails db:seed',
      'docker-compose.yml:7 services.seeder.command runs the script seed',
    ],
  },
  {
    about: 'a Dockerfile, and the script that it starts with',
    files: {
      Dockerfile:
        'FROM node:22\nRUN npm ci \\\n  && npx knex seed:run \\\n  && npm run build\nENTRYPOINT ["/app/docker/entry.sh"]\n',
      'docker/entry.sh':
        '#!/bin/sh\nset -e\nif [ -n "$SEED" ]; then npx prisma db seed; fi\nexec "$@"\n',
    },
    findings: [
      'Dockerfile:3 RUN runs knex seed:run',
      'docker/entry.sh:3 script runs prisma db seed',
    ],
  },
  {
    about: 'a workflow of GitHub',
    files: {
      '.github/workflows/deploy.yml': `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: npm ci
      - name: Release
        run: |
          # all of it
          npm run migrate
          psql "$DATABASE_URL" -f db/seed.sql
      - run: yarn seed
`,
    },
    findings: [
      '.github/workflows/deploy.yml:11 jobs.deploy.steps.run loads db/seed.sql',
      '.github/workflows/deploy.yml:12 jobs.deploy.steps.run runs the script seed',
    ],
  },
  {
    about: 'GitLab, CircleCI, a Procfile and a Makefile',
    files: {
      '.gitlab-ci.yml':
        'deploy:\n  script:\n    - npm run migrate\n    - npx knex seed:run --env production\n',
      '.circleci/config.yml':
        'jobs:\n  release:\n    steps:\n      - checkout\n      - run:\n          name: Data\n          command: bundle exec rake db:seed\n',
      Procfile: 'web: npm start\nrelease: npx sequelize db:seed:all\n',
      Makefile: 'seed:\n\t@node scripts/seed.mjs\n\ndeploy: build\n\tmake seed\n',
      'scripts/seed.mjs': seedModule,
    },
    findings: [
      '.circleci/config.yml:7 jobs.release.steps.run.command runs rake db:seed',
      '.gitlab-ci.yml:4 deploy.script runs knex seed:run',
      'Makefile:2 target seed runs scripts/seed.mjs',
      'Makefile:5 target deploy runs the target seed',
      'Procfile:2 process release runs sequelize db:seed:all',
      'scripts/seed.mjs:1 writes seed data, and commands run it',
    ],
  },
  {
    about: 'an application that seeds when it starts',
    files: {
      'src/server.ts': `import { seedUsers } from './db/seed.ts';

// seedUsers() was here once
export async function start() {
  await seedUsers();
}
`,
      'src/db/seed.ts': `import pg from 'pg';\nexport async function seedUsers() { await new pg.Pool().query('insert into users default values'); }\n`,
      'src/index.js': "require('./db/seed');\n",
    },
    findings: [
      'src/index.js:1 calls ./db/seed when the application starts',
      'src/server.ts:5 calls seedUsers when the application starts',
    ],
  },
  {
    about: 'many ways to run a file',
    files: {
      'package.json': packageJson({
        a: `ts-node --compiler-options {\\"module\\":\\"CommonJS\\"} prisma/seed.ts`,
        b: 'dotenv -e .env -- tsx prisma/seed',
        c: 'node --env-file=.env dist/prisma/seed.js',
        d: 'medusa exec ./src/prisma/seed.ts',
        e: 'bun prisma/seed.ts',
        f: 'node --import tsx ./prisma/seed.ts --all',
        g: 'pnpm exec tsx prisma/seed.ts',
      }),
      'prisma/seed.ts': seedModule,
      'src/prisma/seed.ts': seedModule,
    },
    findings: [
      ...['4 script "a" runs prisma/seed.ts', '5 script "b" runs prisma/seed'],
      ...['6 script "c" runs dist/prisma/seed.js', '7 script "d" runs ./src/prisma/seed.ts'],
      ...['8 script "e" runs prisma/seed.ts', '9 script "f" runs ./prisma/seed.ts'],
      '10 script "g" runs prisma/seed.ts',
    ]
      .map((each) => `package.json:${each}`)
      .concat([
        'prisma/seed.ts:1 writes seed data, and commands run it',
        'src/prisma/seed.ts:1 writes seed data, and commands run it',
      ]),
  },
  {
    about: 'many ways to run a script',
    files: {
      'package.json': packageJson({
        fill: 'knex seed:run',
        a: 'npm run --silent fill',
        b: 'yarn workspace api fill',
        c: 'pnpm --filter api fill',
        d: 'npm --prefix api run fill -- --all',
        e: 'turbo run fill',
        f: 'nx run api:seed',
        g: 'bun run fill',
        h: 'docker compose run --rm api npm run fill',
      }),
    },
    findings: [
      '4 script "fill" runs knex seed:run',
      ...['5 script "a"', '6 script "b"', '7 script "c"', '8 script "d"', '9 script "e"'].map(
        (each) => `${each} runs the script fill`,
      ),
      '10 script "f" runs the script seed',
      ...['11 script "g"', '12 script "h"'].map((each) => `${each} runs the script fill`),
    ].map((each) => `package.json:${each}`),
  },
];
