import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { defaultConfig } from '../../src/app/config.ts';
import { commands } from '../../src/cli/commands.ts';
import { sharedOptions, type OptionSpec } from '../../src/cli/options.ts';
import { parseDatabaseUrl } from '../../src/database/database-url.ts';
import { errorCatalogue, exitCodes } from '../../src/kernel/errors.ts';
import { eventNames } from '../../src/ledger/events.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase, useDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import { fencesOf, names, page, proseOf, repository, sectionOf, tableRows } from './pages.ts';

const readme = page('README.md');
const commandsPage = page('docs/commands.md');
const configurationPage = page('docs/configuration.md');
const errorsPage = page('docs/errors.md');
const ledgerPage = page('docs/ledger.md');

describe('errors.md', () => {
  const rows = tableRows(errorsPage.text, 'code');

  test('has every code of the catalogue, in its order, with its exit', () => {
    expect(rows.map(([code = '', exit]) => [names(code)[0], exit])).toEqual(
      Object.entries(errorCatalogue).map(([code, { exit }]) => [code, String(exit)]),
    );
  });

  test('says of each code that nothing raises that it is reserved', () => {
    const source = join(repository, 'src');
    // The catalogue names all of them; the transitions are asked by nobody yet.
    const silent = new Set(['kernel/errors.ts', 'ledger/transitions.ts']);
    const raised = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !silent.has(path))
      .map((path) => readFileSync(join(source, path), 'utf8'))
      .join('\n');
    const unraised = Object.keys(errorCatalogue).filter((code) => !raised.includes(`'${code}'`));
    const reserved = rows.filter(([, , , action = '']) => action.startsWith('Reserved:'));
    expect(reserved.map(([code = '']) => names(code)[0])).toEqual(unraised);
  });
});

describe('commands.md', () => {
  test('has a section for each command and no other, and the README a line', () => {
    const known = commands.map(({ name }) => name).sort();
    const sections = [...commandsPage.text.matchAll(/^## hygiene (\w+)$/gm)];
    expect(sections.map(([, name]) => name).sort()).toEqual(known);
    const listed = tableRows(readme.text, 'command').map(([command = '']) =>
      names(command)[0]?.replace(/^hygiene (\w+).*$/, '$1'),
    );
    expect(listed.sort()).toEqual(known);
  });

  test.each(commands.map((command) => [command.name, command] as const))(
    'names the options of %s',
    (name, command) => {
      const section = sectionOf(commandsPage, `## hygiene ${name}`);
      expect(optionsIn(section)).toEqual(Object.keys(command.options).sort());
    },
  );

  test('has every exit code, as the README has', () => {
    const codes = Object.values(exitCodes).map(String).sort();
    for (const { text } of [commandsPage, readme]) {
      const listed = tableRows(text, 'exit').flatMap(([exit = '']) => exit.split(/ \/ |, /));
      expect(listed.sort()).toEqual(codes);
    }
  });

  const ENVELOPE = ['schemaVersion', 'command', 'outcome', 'exitCode', 'target', 'environment'];

  test('has the fields that every document has', () => {
    const listed = fieldsIn(sectionOf(commandsPage, '## JSON'));
    expect(listed).toEqual([...ENVELOPE, 'error', 'contacts'].sort());
  });

  test('has the fields and the outcomes of each document', async () => {
    const database = await freshDatabase('sample.sql');
    const cwd = createProject({ files: { 'package.json': '{}' } });
    const variables = { DATABASE_URL: database.url, HYGIENE_JSON: '1' };
    const seen = new Map<string, Set<string>>();
    for (const line of [
      ...['init', 'init --print-sql', 'init --ledger', 'create purge_one', 'lint', 'plan', 'up'],
      ...['verify', 'status', 'ledger', 'ledger verify'],
    ]) {
      const run = await runCli(line.split(' '), { cwd, variables });
      const { command, outcome, ...fields } = run.json();
      const name = String(command);
      const known = seen.get(name) ?? new Set();
      seen.set(name, known);
      for (const field of Object.keys(fields)) known.add(field);
      expect(sectionOf(commandsPage, `## hygiene ${name}`)).toContain(`\`${String(outcome)}\``);
    }
    for (const [name, fields] of seen) {
      const own = [...fields].filter((field) => !ENVELOPE.includes(field)).sort();
      expect([name, fieldsIn(sectionOf(commandsPage, `## hygiene ${name}`))]).toEqual([name, own]);
    }
  });
});

describe('configuration.md', () => {
  test('has a section for each setting', () => {
    const known = Object.keys(defaultConfig).map((key) => (key === 'names' ? 'schemas' : key));
    const sections = [
      ...sectionOf(configurationPage, '## The config file').matchAll(/^### (.*)$/gm),
    ];
    expect(sections.flatMap(([, heading = '']) => names(heading)).sort()).toEqual(known.sort());
  });

  test('has the options that every command takes, with their variables', () => {
    const rows = tableRows(sectionOf(configurationPage, '### For every command'), 'option');
    expect(variablesIn(rows)).toEqual(
      Object.entries(sharedOptions).map(([name, { variable }]) => [name, variable]),
    );
  });

  test('has the options of some commands, with their variables and commands', () => {
    const rows = tableRows(sectionOf(configurationPage, '### For some commands'), 'option');
    const known = new Map<string, { spec: OptionSpec; takers: string[] }>();
    for (const command of commands) {
      for (const [name, spec] of Object.entries(command.options)) {
        const entry = known.get(name) ?? { spec, takers: [] };
        known.set(name, entry);
        entry.takers.push(command.name);
      }
    }
    expect(Object.fromEntries(variablesIn(rows))).toEqual(
      Object.fromEntries([...known].map(([name, { spec }]) => [name, spec.variable])),
    );
    expect(
      Object.fromEntries(
        rows.map(([option = '', , takers = '']) => [optionName(option), names(takers)]),
      ),
    ).toEqual(Object.fromEntries([...known].map(([name, { takers }]) => [name, takers])));
  });

  const parameters = sectionOf(configurationPage, '### URL parameters');
  const notesOn = (name: string, value: string): readonly string[] =>
    parseDatabaseUrl(`postgres://u:p@h/d?${name}=${value}`, 'a test').notes.filter((note) =>
      note.startsWith('URL parameter'),
    );

  test('says which URL parameters are understood, and they are', () => {
    const values: Readonly<Record<string, string>> = { port: '5433', connect_timeout: '1' };
    const understood = tableRows(parameters, 'parameter').flatMap(([cell = '']) => names(cell));
    expect(understood.length).toBeGreaterThan(5);
    for (const name of understood) {
      expect([name, notesOn(name, values[name] ?? 'system')]).toEqual([name, []]);
    }
  });

  test('says which URL parameters are ignored, and they are', () => {
    const ignored = names(/each is named in a note:\n\n([^]*?)\n\n/.exec(parameters)?.[1] ?? '');
    expect(ignored.length).toBeGreaterThan(5);
    for (const name of ignored) {
      const note = `URL parameter ${name} is ignored: it does not matter here.`;
      expect(notesOn(name, '1')).toEqual([note]);
    }
  });
});

describe('ledger.md', () => {
  const database = useDatabase();
  const columnsOf = async (relation: string): Promise<readonly string[]> => {
    const rows = await database.query<{ name: string }>(
      `select attname as name from pg_attribute
        where attrelid = to_regclass($1) and attnum > 0 order by attnum`,
      [`hygiene.${relation}`],
    );
    return rows.map(({ name }) => name);
  };

  test('has the columns of the table and of the views, in their order', async () => {
    const { stdout } = await runCli(['init', '--print-sql'], { cwd: createProject() });
    await database.execute(stdout);
    const listed = tableRows(ledgerPage.text, 'column').map(([cell = '']) => names(cell)[0]);
    expect(listed).toEqual(await columnsOf('ledger'));
    for (const [view = '', columns = ''] of tableRows(ledgerPage.text, 'view')) {
      const [name = ''] = names(view);
      expect(names(columns)).toEqual(await columnsOf(name.replace('hygiene.', '')));
    }
  });

  test('has the grants that `init --print-sql` prints', async () => {
    const { stdout } = await runCli(['init', '--print-sql'], { cwd: createProject() });
    const printed = [...stdout.matchAll(/^--\s+(grant .*;)$/gm)].map(([, line = '']) =>
      line.replaceAll('"', '').replace('ROLE', 'deploy'),
    );
    const block = fencesOf(ledgerPage).find(({ lines }) => lines[0]?.startsWith('grant'));
    expect(block?.lines).toEqual(printed);
  });

  test('names only events that there are', () => {
    const [, list = ''] =
      /^Events that this version writes: ([^]*?)\n\n/m.exec(proseOf(ledgerPage)) ?? [];
    const events = names(list).filter((name) => name !== 'requires');
    expect(events.length).toBeGreaterThan(3);
    expect(eventNames).toEqual(expect.arrayContaining([...events]));
  });
});

function optionsIn(text: string): readonly string[] {
  return tableRows(text, 'option')
    .map(([option = '']) => optionName(option))
    .sort();
}

function optionName(cell: string): string {
  return (names(cell)[0] ?? '').replace(/^--/, '');
}

function fieldsIn(text: string): readonly string[] {
  return tableRows(text, 'field')
    .map(([field = '']) => names(field)[0] ?? '')
    .sort();
}

function variablesIn(rows: readonly (readonly string[])[]): readonly [string, string | null][] {
  return rows.map(([option = '', variable = '']) => [
    optionName(option),
    names(variable)[0] ?? null,
  ]);
}
