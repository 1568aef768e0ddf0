import { type Example, packageJson, seedModule } from './repositories.ts';

/** Repositories in which nothing would seed, though the word is there. */
export const harmlessRepositories: readonly Omit<Example, 'findings'>[] = [
  {
    about: 'random seeds',
    files: {
      'package.json': packageJson({
        test: 'jest --seed=42',
        roll: 'node scripts/roll.js --seed 42',
        install: 'npm install seedrandom drizzle-seed',
        fuzz: 'node scripts/random-seed.js',
        note: 'echo "npm run db:seed" is gone && git grep seed:run',
      }),
      'scripts/roll.js':
        "const seedrandom = require('seedrandom');\nconsole.log(seedrandom(process.argv[3])());\n",
      'scripts/random-seed.js': 'console.log(Math.random());\n',
      'src/index.js':
        "const seedrandom = require('seedrandom');\nconst rng = seedrandom('x');\nfaker.seed(123);\nrandom.seed(now);\nMath.seedrandom();\n",
    },
  },
  {
    about: 'tools that read a seed file and do not run it',
    files: {
      'package.json': packageJson({
        lint: 'eslint prisma/seed.ts',
        build: 'tsc -p . prisma/seed.ts && esbuild prisma/seed.ts --bundle',
        copy: 'cp prisma/seed.ts dist && chmod +x prisma/seed.ts',
      }),
      'prisma/seed.ts': seedModule,
    },
  },
  {
    about: 'a seed command of Prisma that refuses already',
    files: {
      'package.json': `{ "scripts": { "go": "prisma db seed" }, "prisma": { "seed": "hygiene seed" } }`,
    },
  },
  {
    about: 'torrents and phrases',
    files: {
      'package.json': packageJson({
        seed: 'node torrent-seeder.js',
        wallet: 'node scripts/seed-phrase.js',
      }),
      'torrent-seeder.js':
        "import WebTorrent from 'webtorrent';\nnew WebTorrent().seed('file.iso');\n",
      'scripts/seed-phrase.js': 'console.log("seed phrase");\n',
    },
  },
  {
    about: 'a seed file that writes to no database',
    files: {
      'package.json': packageJson({ seed: 'node scripts/seed.js' }),
      'scripts/seed.js': 'console.log("plant", 3, "seeds");\n',
    },
  },
  {
    about: 'folders that belong to others, or are made by machines',
    files: {
      'node_modules/tool/package.json': packageJson({ seed: 'knex seed:run' }),
      'dist/package.json': packageJson({ seed: 'knex seed:run' }),
      'vendor/x/Procfile': 'release: knex seed:run\n',
    },
  },
  {
    about: 'comments, other keys and undoing',
    files: {
      'docker-compose.yml':
        'services:\n  web:\n    # command: npm run seed\n    image: app/seed:run\n    environment:\n      NOTE: npm run seed\n    command: npm start # npm run seed\n',
      Dockerfile:
        'FROM node\n# RUN npm run seed\nLABEL about="npm run seed"\nCOPY prisma/seed.ts prisma/\n',
      Makefile: '# make seed\nstart:\n\tnode server.js # seed\n',
      'package.json': packageJson({
        undo: 'sequelize db:seed:undo:all',
        make: 'knex seed:make users',
      }),
      'broken.json': '{',
      'broken/package.json': '{ "scripts": { "seed": ',
      '.gitlab-ci.yml': 'a: [\n',
    },
  },
  {
    about: 'a knexfile that refuses to seed',
    files: {
      'knexfile.ts':
        "const seeds = { seedSource: { getSeeds: refuse } };\nexport default { client: 'pg', seeds };\n",
      'seeds/readme.md': 'None.\n',
    },
  },
  {
    about: 'definitions of functions, and fields of that name',
    files: {
      'src/app.ts':
        'export function seedUsers() {}\nclass Seeder {}\nconst options = { seed: 4 };\nnew Seeder();\nplant(options.seed);\n',
    },
  },
];

/** Seeding for tests: told, but nothing has to be done. */
export const testingRepositories: readonly Example[] = [
  {
    about: 'scripts of tests, and their environment',
    files: {
      'package.json': packageJson({
        pretest: 'knex seed:run --knexfile test/knexfile.js',
        'test:e2e': 'prisma db seed && playwright test',
        fill: 'NODE_ENV=test knex seed:run',
        filled: 'cross-env NODE_ENV=test sequelize db:seed:all',
      }),
    },
    findings: [],
  },
  {
    about: 'jobs with a database of their own',
    files: {
      '.github/workflows/ci.yml': `on: push
jobs:
  build:
    services:
      db: { image: 'postgres:18' }
    steps:
      - run: npx prisma db seed
  unit-test:
    steps:
      - run: npx prisma db seed
  lint:
    steps:
      - run: npx prisma db seed
        env: { NODE_ENV: test }
`,
      'docker-compose.test.yml': 'services:\n  web:\n    command: npm run seed\n',
      'scripts/nobody.sh': '#!/bin/sh\nknex seed:run\n',
    },
    findings: [],
  },
];
