import { describe, expect, test } from '@jest/globals';

import { examine } from '../../src/doctor/examine.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { repository } from '../docs/pages.ts';
import { createProject } from '../support/project.ts';
import { harmlessRepositories, testingRepositories } from './harmless-repositories.ts';
import { packageJson, seedingRepositories, seedModule } from './repositories.ts';

type Files = Readonly<Record<string, string>>;

function findingsIn(files: Files): readonly Finding[] {
  return examine(createProject({ files })).findings;
}

function told(findings: readonly Finding[], level: Finding['level']): readonly string[] {
  return findings
    .filter((each) => each.level === level)
    .map(({ file, line, what }) => `${file}:${String(line)} ${what}`)
    .sort();
}

test.each(seedingRepositories.map((each) => [each.about, each] as const))(
  'finds %s',
  (_about, { files, findings }) => {
    const found = findingsIn(files);
    expect(told(found, 'finding')).toEqual([...findings].sort());
    expect(told(found, 'remark')).toEqual([]);
    for (const { proposal } of found) expect(proposal.length).toBeGreaterThan(10);
  },
);

test.each(harmlessRepositories.map((each) => [each.about, each] as const))(
  'takes %s for nothing',
  (_about, { files }) => {
    expect(findingsIn(files)).toEqual([]);
  },
);

test.each(testingRepositories.map((each) => [each.about, each] as const))(
  'remarks on %s, and no more',
  (_about, { files }) => {
    const { findings, changes } = examine(createProject({ files }));
    expect(told(findings, 'finding')).toEqual([]);
    expect(findings.length).toBeGreaterThanOrEqual(4);
    expect(changes).toEqual([]);
  },
);

test('this repository has nothing that would seed', () => {
  expect(examine(repository).findings).toEqual([]);
});

describe('what is left to a person says why', () => {
  const left = (files: Files, allow: readonly string[] = []): readonly string[] =>
    examine(createProject({ files }), allow)
      .findings.filter(({ level, fixable }) => level === 'finding' && !fixable)
      .map(({ file, proposal }) => `${file}: ${proposal}`);

  test('a script and a file that tests run too', () => {
    const scripts = packageJson({
      seed: 'node seed.mjs',
      pretest: 'npm run seed',
      go: 'npm run seed && node .',
    });
    const files = { 'package.json': scripts, 'seed.mjs': seedModule };
    expect(left(files)).toEqual([
      'package.json: Tests run it too, so it stays: give them a script of their own with NODE_ENV=test, then fix this one.',
      'seed.mjs: Tests run it too, so it stays: give them a file of their own, then fix this one.',
    ]);
    const [change, ...others] = examine(createProject({ files })).changes;
    expect(others).toEqual([]);
    expect(change?.text).toContain(
      '"seed": "node seed.mjs",\n    "pretest": "npm run seed",\n    "go": "node ."',
    );
  });

  test('with --allow a deploy loses the command, and who seeds by name keeps it', () => {
    const files = {
      'package.json': `{
  "scripts": {
    "seed": "prisma db seed",
    "start": "node seed.mjs && node server.js"
  },
  "prisma": { "seed": "node seed.mjs" }
}
`,
      'seed.mjs': seedModule,
    };
    const { findings, changes } = examine(createProject({ files }), ['development']);
    expect(
      findings.map(({ file, line, proposal }) => [`${file}:${String(line)}`, proposal]),
    ).toEqual([
      ['package.json:3', '--fix leaves the command; the file will ask for the marker.'],
      ['package.json:4', '--fix takes the command out.'],
      ['package.json:6', '--fix leaves the command; the file will ask for the marker.'],
      ['seed.mjs:1', '--fix keeps it as seed.original.mjs, for databases marked development.'],
    ]);
    expect(changes.find(({ file }) => file === 'package.json')?.text).toBe(
      files['package.json'].replace('node seed.mjs && node', 'node'),
    );
  });

  test('a seed file that the application loads', () => {
    expect(
      left({
        'package.json': packageJson({ fill: 'node seed.mjs' }),
        'seed.mjs': seedModule,
        'src/routes.mjs': "import '../seed.mjs';\n",
      }),
    ).toEqual(['seed.mjs: src/routes.mjs would load the stub: take that out first.']);
  });

  test('a seed file in a language that has no stub', () => {
    expect(
      left({ 'package.json': packageJson({ fill: 'python seed.py' }), 'seed.py': 'insert()\n' }),
    ).toEqual([
      'seed.py: Delete it, or keep it out of what is deployed: no stub can be made for it.',
    ]);
  });

  test('a folder of seeds that shall be kept for an environment', () => {
    const files = {
      'knexfile.js': "module.exports = { seeds: { directory: 'seeds' } };\n",
      'seeds/a.js': 'exports.seed = (knex) => knex("users").insert({});\n',
    };
    expect(left(files, ['development'])).toEqual([
      'knexfile.js: knex runs whatever is in that folder: --fix without --allow disarms it.',
    ]);
  });
});
