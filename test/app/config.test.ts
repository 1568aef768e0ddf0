import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { type Config, defaultConfig, loadConfig } from '../../src/app/config.ts';
import type { HygieneError } from '../../src/kernel/errors.ts';
import { isRowSet } from '../../src/planner/steps.ts';
import { createImporter } from '../../src/runner/importer.ts';
import { expectReadable } from '../policy/terminal.ts';
import { projectFolder } from '../runner-files/project-folder.ts';
import { thrownBy } from './thrown-by.ts';

function load(body: string, name = 'config.ts'): Promise<Config> {
  const text = `import { defineConfig, rows, sql } from 'pg-hygiene';\nexport default defineConfig({ ${body} });\n`;
  return loadConfig(join(projectFolder({ [name]: text }), name), createImporter());
}

async function problems(body: string): Promise<readonly string[]> {
  const error = expectReadable(await thrownBy<HygieneError>(load(body)));
  expect(error).toMatchObject({ code: 'HYG_CONFIG_INVALID', exitCode: 2 });
  return error.details['problems'] as readonly string[];
}

describe('a config', () => {
  test('that says nothing has every default', async () => {
    expect(await load('')).toEqual(defaultConfig);
    expect(defaultConfig).toMatchObject({
      names: { schema: 'hygiene', archiveSchema: 'hygiene_archive' },
      retentionDays: 30,
      protect: [],
    });
  });

  test('says all that there is to say', async () => {
    const config = await load(`
      protect: [rows('admins', sql\`true\`)],
      schemas: { ledger: 'audit', archive: 'audit_archive' },
      retentionDays: 7,
      environments: { production: { confirm: true }, staging: {} },
      sideEffects: [{ table: 'audit_log', reason: 'audit trigger', perRemovedRow: 2 }, { table: ['a.b', 'c'], reason: 'why' }],
      contacts: [{ name: 'Data team', how: '#data' }],`);
    expect(config).toMatchObject({
      names: { schema: 'audit', archiveSchema: 'audit_archive' },
      retentionDays: 7,
      environments: { production: { confirm: true }, staging: {} },
      sideEffects: [
        { table: 'audit_log', reason: 'audit trigger', perRemovedRow: 2 },
        { table: ['a.b', 'c'], reason: 'why' },
      ],
      contacts: [{ name: 'Data team', how: '#data' }],
    });
    expect(config.protect.map((each) => [isRowSet(each), each.table])).toEqual([[true, 'admins']]);
  });

  test('may move one schema and leave the other', async () => {
    expect((await load("schemas: { ledger: 'audit' }")).names).toEqual({
      schema: 'audit',
      archiveSchema: 'hygiene_archive',
    });
  });

  test.each([
    ['config.mjs', 'export default { retentionDays: 3 };'],
    ['config.cjs', 'module.exports = { retentionDays: 3 };'],
    ['config.js', 'module.exports = { retentionDays: 3 };'],
  ])('may be %s and plain', async (name, text) => {
    const path = join(projectFolder({ [name]: text }), name);
    expect((await loadConfig(path, createImporter())).retentionDays).toBe(3);
  });
});

describe('the problems of a config', () => {
  test('are told all at once', async () => {
    const found = await problems(`
      retentionDays: 0.5,
      protekt: [],
      protect: ['admins'],
      schemas: { ledger: '', archiv: 'x' },
      sideEffects: [{ table: 'audit_log' }],
      contacts: [{ name: '' }],`);
    const text = found.join('\n');
    for (const said of [
      'retentionDays',
      'protekt',
      'protect.0: must be made by rows(table, …)',
      'schemas.ledger',
      'archiv',
      'sideEffects.0.reason',
      'contacts.0.name',
      'contacts.0.how',
    ]) {
      expect(text).toContain(said);
    }
  });

  test.each([
    ['an unknown key', 'retention: 3', 'retention'],
    ['an unknown demand', 'environments: { production: { backup: true } }', 'backup'],
    ['a negative retention', 'retentionDays: -1', 'retentionDays'],
    [
      'a name that PostgreSQL would cut',
      `schemas: { ledger: '${'x'.repeat(64)}' }`,
      'schemas.ledger',
    ],
    [
      'a side effect without a bound above 0',
      "sideEffects: [{ table: 'a', reason: 'why', perRemovedRow: 0 }]",
      'perRemovedRow',
    ],
    [
      'a table of three names',
      "sideEffects: [{ table: ['a', 'b', 'c'], reason: 'why' }]",
      'sideEffects.0.table',
    ],
  ])('name %s', async (_what, body, said) => {
    expect((await problems(body)).join()).toContain(said);
  });

  test('are shortened for people and complete for machines', async () => {
    const contacts = Array.from({ length: 30 }, () => "{ name: '', how: '' }").join(',');
    const error = expectReadable(await thrownBy<HygieneError>(load(`contacts: [${contacts}]`)));
    expect(error.message).toContain('has 60 problems:');
    expect(error.message.split('\n').at(-1)).toBe('  and 52 more');
    expect(error.details['problems']).toHaveLength(60);
  });

  test.each([
    ['nothing exported', ''],
    [
      'a forgotten export',
      "import { defineConfig } from 'pg-hygiene';\ndefineConfig({ retentionDays: 3 });",
    ],
    ['a list exported', 'export default [];'],
    ['a number exported', 'export default 7;'],
    ['a function exported', 'export default () => ({});'],
  ])('are one for %s', async (_what, text) => {
    const path = join(projectFolder({ 'config.ts': text }), 'config.ts');
    const error = await thrownBy<HygieneError>(loadConfig(path, createImporter()));
    expect(error.code).toBe('HYG_CONFIG_INVALID');
    expect(error.message).toContain('has 1 problem:');
  });

  test('are told with file and reason when it does not load', async () => {
    const path = join(projectFolder({ 'config.ts': 'export default {{;' }), 'config.ts');
    const error = await thrownBy<HygieneError>(loadConfig(path, createImporter()));
    expect(error).toMatchObject({ code: 'HYG_LOAD_BROKEN_FILE', exitCode: 2 });
    expect(error.message).toContain('config.ts');
  });
});
