import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { examine } from '../../src/doctor/examine.ts';
import { edited } from '../../src/doctor/edits.ts';
import { writeChanges } from '../../src/doctor/write-changes.ts';
import type { HygieneError } from '../../src/kernel/errors.ts';
import { createProject } from '../support/project.ts';
import { harmlessRepositories, testingRepositories } from './harmless-repositories.ts';
import { packageJson, seedingRepositories, seedModule } from './repositories.ts';

type Files = Readonly<Record<string, string>>;

/** What `--fix` makes of one file. */
function fixed(files: Files, file: string, allow: readonly string[] = []): string | undefined {
  return examine(createProject({ files }), allow).changes.find((each) => each.file === file)?.text;
}

function fix(root: string, allow: readonly string[] = [], force = true): void {
  writeChanges(root, examine(root, allow).changes, { force });
}

function contents(root: string): Files {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(root, name)).isFile());
  return Object.fromEntries(
    files.sort().map((name) => [name, readFileSync(join(root, name), 'utf8')]),
  );
}

describe('the format stays', () => {
  test('of package.json: tabs, order, escapes, byte order mark, no newline at the end', () => {
    const before = `\uFEFF{
\t"name": "caf\\u00e9",
\t"scripts": { "b": "echo \\"x\\"", "seed": "knex seed:run",
\t\t"start": "node --import \\"./a b.js\\" migrate.js && knex seed:run && node ." },
\t"prisma": {"seed":"tsx prisma/seed.ts"}
}`;
    expect(fixed({ 'package.json': before }, 'package.json')).toBe(`\uFEFF{
\t"name": "caf\\u00e9",
\t"scripts": { "b": "echo \\"x\\"", "seed": "hygiene seed",
\t\t"start": "node --import \\"./a b.js\\" migrate.js && node ." },
\t"prisma": {"seed":"hygiene seed"}
}`);
  });

  test('of a compose file: comments, quotes, anchors, folded and literal texts', () => {
    const before = `# the stack
x-base: &base   { restart: always }   # kept

services:
    web:
        <<: *base
        command:   sh -c "npm run migrate && npm run seed && npm start"   # go
    worker:
        command: 'sh -c ''npm run seed && npm run work'''
    one:
        entrypoint: ["npm",   "run", "seed"]
    two:
        command:
            - npm
            - run
            - seed
        image: "two"
    three:
        command: >
            sh -c "npm run migrate &&
                   npm run seed &&
                   npm start"
    four:
        command: |
            npm run seed   # first

            npm start
`;
    const taken = '["echo","Seeding","was","taken","out","by","hygiene","doctor"]';
    expect(fixed({ 'compose.yaml': before }, 'compose.yaml')).toBe(
      before
        .replace('migrate && npm run seed && npm start"   # go', 'migrate && npm start"   # go')
        .replace("''npm run seed && npm run work''", "''npm run work''")
        .replace('["npm",   "run", "seed"]', taken)
        .replace('- npm\n            - run\n            - seed', taken)
        .replace('npm run seed &&\n                   npm start', 'npm start')
        .replace(
          'npm run seed   # first',
          'echo Seeding was taken out by hygiene doctor   # first',
        ),
    );
  });

  test('of a workflow: conditions, chains and continued lines', () => {
    const before = `on: [push]
jobs:
  deploy:
    steps:
    - run: |
        set -e
        if [ "$A" ]; then npm run seed; else echo no; fi
        npm run migrate && \\
          npm run seed && \\
          npm run warm
        npm run seed || true
        npm run migrate && npx prisma db seed
    - { name: x, run: npm run seed }
`;
    const echo = 'echo Seeding was taken out by hygiene doctor';
    expect(fixed({ '.github/workflows/a.yml': before }, '.github/workflows/a.yml')).toBe(`on: [push]
jobs:
  deploy:
    steps:
    - run: |
        set -e
        if [ "$A" ]; then ${echo}; else echo no; fi
        npm run migrate && \\
          npm run warm
        ${echo} || true
        npm run migrate
    - { name: x, run: ${echo} }
`);
  });

  test('of scripts in quotes, and of what an alias stands for; a document in a script is text', () => {
    const before = `.fill: &fill
  - npm run seed
deploy:
  script: *fill
other:
  script:
    - |
      cat <<END > note
      npm run seed
      END
      concurrently "npm run seed" "npm start"
      ssh host 'cd app && npm run seed && npm start'
      bash <<END
      npm run seed
      END
`;
    const echo = 'echo Seeding was taken out by hygiene doctor';
    expect(fixed({ '.gitlab-ci.yml': before }, '.gitlab-ci.yml')).toBe(
      before
        .replace('  - npm run seed', `  - ${echo}`)
        .replace('"npm run seed"', `"${echo}"`)
        .replace('npm run seed && npm start', 'npm start')
        .replace('bash <<END\n      npm run seed', `bash <<END\n      ${echo}`),
    );
  });

  test('of Dockerfile, Makefile, Procfile and shell scripts, with line ends of Windows too', () => {
    const files = {
      Dockerfile:
        'FROM node\r\nRUN npm ci \\\r\n  && npm run seed \\\r\n  && npm run build\r\nCMD [ "npm", "run", "seed" ]\r\n',
      Makefile:
        'all: ; @true\nseed: ## fill\n\t@npx knex seed:run\n\t-$(MAKE) db-seed\ndeploy:\n\tcd api && npm run seed\n',
      Procfile: 'release: npm run migrate && npm run seed\nweb: npm start',
      'bin/go.sh':
        '#!/bin/bash\n\n# first\nnpm run migrate && npm run seed\n\tnpm run seed ;npm start\nrun() { npm run seed; }\n',
      'package.json': packageJson({ x: 'bin/go.sh' }),
    };
    const echo = 'echo Seeding was taken out by hygiene doctor';
    const changed = (file: string): string | undefined => fixed(files, file);
    expect(changed('Dockerfile')).toBe(
      'FROM node\r\nRUN npm ci \\\r\n  && npm run build\r\nCMD ["echo","Seeding","was","taken","out","by","hygiene","doctor"]\r\n',
    );
    expect(changed('Makefile')).toBe(
      `all: ; @true\nseed: ## fill\n\t@${echo}\n\t-${echo}\ndeploy:\n\t${echo}\n`,
    );
    expect(changed('Procfile')).toBe('release: npm run migrate\nweb: npm start');
    expect(changed('bin/go.sh')).toBe(
      `#!/bin/bash\n\n# first\nnpm run migrate\n\t${echo} ;npm start\nrun() { ${echo}; }\n`,
    );
  });

  test('of a shell line in a JSON list', () => {
    const before = 'FROM node\nCMD ["sh", "-c", "npm run seed && node \\"a b.js\\""]\n';
    expect(fixed({ Dockerfile: before }, 'Dockerfile')).toBe(
      'FROM node\nCMD ["sh","-c","node \\"a b.js\\""]\n',
    );
  });

  test('of prisma.config, where only the text of the setting changes', () => {
    const before =
      "export default {\n  migrations: { seed: `tsx prisma/seed.ts`, path: 'x' }, // seed: here\n};\n";
    expect(fixed({ 'prisma.config.ts': before }, 'prisma.config.ts')).toBe(
      before.replace('tsx prisma/seed.ts', 'hygiene seed'),
    );
  });
});

describe('a second fix', () => {
  const all = [...seedingRepositories, ...harmlessRepositories, ...testingRepositories];

  test('changes nothing, whatever is in a repository, and leaves nothing that could be fixed', () => {
    const repositories = fc.record({
      parts: fc.subarray(all, { minLength: 1 }),
      lineEnd: fc.constantFrom('\n', '\r\n'),
      allow: fc.constantFrom([], ['development']),
    });
    fc.assert(
      fc.property(repositories, ({ parts, lineEnd, allow }) => {
        const merged = Object.assign({}, ...parts.map(({ files }) => files)) as Files;
        const files = Object.entries(merged).map(
          ([name, text]) => [name, text.replaceAll('\n', lineEnd)] as const,
        );
        const root = createProject({ files: Object.fromEntries(files) });
        fix(root, allow);
        const once = contents(root);
        const { findings, changes } = examine(root, allow);
        expect(changes).toEqual([]);
        expect(findings.filter(({ fixable }) => fixable)).toEqual([]);
        fix(root, allow);
        expect(contents(root)).toEqual(once);
      }),
      { numRuns: 40 },
    );
  });

  test.each(seedingRepositories.map((each) => [each.about, each] as const))(
    'finds nothing but what is left to a person after %s',
    (_about, { files }) => {
      const root = createProject({ files });
      const byHand = examine(root).findings.filter(({ fixable }) => !fixable);
      fix(root);
      expect(examine(root).findings).toEqual(byHand);
    },
  );
});

describe('what git could not bring back', () => {
  const files = { 'package.json': packageJson({ seed: 'node seed.mjs' }), 'seed.mjs': seedModule };
  const git = (root: string, ...args: readonly string[]): void => {
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
    execFileSync('git', [...who, ...args], { cwd: root, stdio: 'ignore' });
  };
  const refusal = (root: string): HygieneError => {
    try {
      fix(root, [], false);
    } catch (error) {
      return error as HygieneError;
    }
    throw new Error('it was written');
  };

  test('is not edited: no repository, nothing committed, changed or staged since', () => {
    const root = createProject({ files });
    const before = contents(root);
    const both = {
      code: 'HYG_REFUSED_UNCOMMITTED',
      exitCode: 7,
      details: { files: ['package.json', 'seed.mjs'] },
    };
    expect(refusal(root)).toMatchObject(both);
    git(root, 'init');
    expect(refusal(root)).toMatchObject(both);
    git(root, 'add', 'package.json');
    git(root, 'commit', '-m', 'x');
    expect(refusal(root)).toMatchObject({ details: { files: ['seed.mjs'] } });
    git(root, 'add', '.');
    expect(refusal(root)).toMatchObject({ details: { files: ['seed.mjs'] } });
    git(root, 'commit', '-m', 'x');
    writeFileSync(join(root, 'seed.mjs'), `${seedModule}// more\n`);
    expect(refusal(root).message).toBe(
      'Git could not bring these files back; nothing was written:\n  seed.mjs',
    );
    writeFileSync(join(root, 'seed.mjs'), seedModule);
    expect(readFileSync(join(root, 'package.json'), 'utf8')).toBe(before['package.json']);
    fix(root, [], false);
    expect(examine(root).findings).toEqual([]);
  });

  test('is edited with --force, and keeps its mode', () => {
    const root = createProject({ files });
    chmodSync(join(root, 'seed.mjs'), 0o755);
    fix(root);
    expect(statSync(join(root, 'seed.mjs')).mode & 0o777).toBe(0o755);
    expect(Object.keys(contents(root))).toEqual(['package.json', 'seed.mjs']);
  });

  test('an original is not put where a file is already', () => {
    const root = createProject({ files: { ...files, 'seed.original.mjs': 'mine\n' } });
    const before = contents(root);
    expect(() => {
      fix(root, ['development']);
    }).toThrow('seed.original.mjs exists already; nothing was written');
    expect(contents(root)).toEqual(before);
  });

  test('a file that cannot be replaced is told with those that were, and stays whole', () => {
    const root = createProject({ files: { a: 'one', b: 'two' } });
    const change = (file: string): Parameters<typeof writeChanges>[1][number] => ({
      file,
      text: 'new',
      what: '',
      isNew: false,
    });
    expect(() => {
      writeChanges(root, [change('a'), change('missing/c'), change('b')], { force: true });
    }).toThrow('missing/c cannot be written: ENOENT; a was changed before.');
    expect(contents(root)).toEqual({ a: 'new', b: 'two' });
  });
});

test('edits are made from the end, so that places stay true', () => {
  const edits = [
    { start: 0, end: 1, text: 'xyz' },
    { start: 3, end: 4, text: '' },
  ];
  expect(edited('abcde', edits)).toBe('xyzbce');
});
