import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { openProject } from '../../src/app/compose.ts';
import { Project } from '../../src/app/project.ts';
import type { HygieneError } from '../../src/kernel/errors.ts';
import { silentLogger, systemClock, systemRandom } from '../../src/kernel/ports.ts';
import { defaultLedgerNames } from '../../src/ledger/names.ts';
import { expectReadable } from '../policy/terminal.ts';
import { projectFolder } from '../runner-files/project-folder.ts';
import { thrownBy } from './thrown-by.ts';

/** Loading it fails, so whoever gets an answer has not loaded it. */
const TRAP = "throw new Error('the config was loaded');\n";

function project(
  files: Readonly<Record<string, string>>,
  config: string | null = 'config.mjs',
): Project {
  const directory = projectFolder(files);
  return new Project(directory, config === null ? null : join(directory, config));
}

describe('the names of the schemas', () => {
  test('are the usual ones without a config', async () => {
    expect(await project({}, null).ledgerNames()).toEqual(defaultLedgerNames);
  });

  test('are the usual ones when the config does not hold the word: it is not even loaded', async () => {
    const trapped = project({
      'config.mjs': `import { defineConfig } from 'pg-hygiene';\n${TRAP}`,
    });
    expect(await trapped.ledgerNames()).toEqual(defaultLedgerNames);
    await expect(trapped.config()).rejects.toThrow('the config was loaded');
  });

  test.each([
    ['it holds the word', "export default { schemas: { ledger: 'audit' } };"],
    [
      'it imports another file',
      "import { shared } from './shared.mjs';\nexport default { ...shared };",
    ],
    [
      'it requires another file',
      "const { shared } = await import('./shared.mjs');\nexport default { ...shared };",
    ],
  ])('are read from the config when %s', async (_what, text) => {
    const files = {
      'config.mjs': text,
      'shared.mjs': "export const shared = { schemas: { ledger: 'audit' } };",
    };
    expect(await project(files).ledgerNames()).toEqual({
      schema: 'audit',
      archiveSchema: 'hygiene_archive',
    });
  });

  test('are the usual ones when the word is only in a comment', async () => {
    expect(
      await project({ 'config.mjs': '// no schemas here\nexport default {};' }).ledgerNames(),
    ).toEqual(defaultLedgerNames);
  });
});

describe('a config', () => {
  test('is loaded once', async () => {
    const { config } = {
      config: project({ 'config.mjs': 'export default { retentionDays: 3 };' }),
    };
    expect(await config.config()).toBe(await config.config());
  });

  test.each(['config', 'ledgerNames'] as const)(
    'that was named and is not there is told (%s)',
    async (ask) => {
      const error = expectReadable(await thrownBy<HygieneError>(project({}, 'missing.ts')[ask]()));
      expect(error).toMatchObject({ code: 'HYG_CONFIG_INVALID', exitCode: 2 });
      expect(error.message).toContain('missing.ts');
      expect(error.hint).toContain('--config');
    },
  );

  test('has a fingerprint that changes with it', () => {
    const [one, same, other] = ['a', 'a', 'b'].map((text) =>
      project({ 'config.mjs': text }).configFingerprint(),
    );
    expect(one).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(one).toBe(same);
    expect(one).not.toBe(other);
    expect(project({}, null).configFingerprint()).toMatch(/^sha256:/);
  });

  test.each([
    ['is found in the directory of the migrations', null, 3],
    ['is the one that was named', 'other.mjs', 4],
  ])('%s', async (_what, config, days) => {
    const cwd = projectFolder({
      'hygiene/config.mjs': 'export default { retentionDays: 3 };',
      'other.mjs': 'export default { retentionDays: 4 };',
    });
    const world = {
      cwd,
      variables: {},
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
      signal: new AbortController().signal,
    };
    const opened = openProject(world, { dir: 'hygiene', config });
    expect((await opened.config()).retentionDays).toBe(days);
  });
});

describe('the migrations', () => {
  const VALID =
    "import { defineHygiene, purge, rows, sql } from 'pg-hygiene';\nexport default defineHygiene({ description: 'Remove what is old', up: purge(rows('a', sql`true`)), verify: ({ expect }) => void expect.none('a') });\n";

  test('are listed with their checksums without being loaded', () => {
    const { files } = project(
      { '20260101000000_a.mjs': TRAP, '20260102000000_b.mjs': TRAP },
      null,
    ).migrations();
    expect(files.map(({ id }) => id)).toEqual(['20260101000000_a', '20260102000000_b']);
    for (const { checksum } of files) expect(checksum).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('are loaded when they are asked for, with the checksum that was listed', async () => {
    const source = project({ '20260101000000_a.mjs': VALID }, null).migrations();
    const loaded = await source.load('20260101000000_a');
    expect(loaded).toMatchObject({ id: '20260101000000_a', description: 'Remove what is old' });
    expect(loaded.checksum).toBe(source.files[0]?.checksum);
    await expect(source.load('20260109000000_unknown')).rejects.toThrow('was not discovered');
  });

  test('of an empty directory are an error that says what to do', () => {
    const asked = (): unknown => project({ 'config.mjs': 'export default {};' }).migrations();
    expect(asked).toThrow(expect.objectContaining({ code: 'HYG_LOAD_NO_MIGRATIONS', exitCode: 2 }));
    expect(asked).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('hygiene create') as unknown }),
    );
  });

  test('of a missing directory are an error too', () => {
    const missing = new Project(join(projectFolder(), 'hygiene'), null);
    expect(() => missing.migrations()).toThrow(
      expect.objectContaining({ code: 'HYG_LOAD_NO_DIRECTORY', exitCode: 2 }),
    );
  });
});
