import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { defaultConfig } from '../../src/app/config.ts';
import { commands } from '../../src/cli/commands.ts';
import { sharedOptions } from '../../src/cli/options.ts';
import { parseDatabaseUrl } from '../../src/database/database-url.ts';
import { errorCatalogue, exitCodes } from '../../src/kernel/errors.ts';
import { eventNames } from '../../src/ledger/events.ts';
import { purgeDemoUsers } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
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
    const raised = raisingSources();
    const unraised = Object.keys(errorCatalogue).filter((code) => !raised.includes(`'${code}'`));
    const reserved = rows.filter((cells) => cells.at(-1)?.startsWith('Reserved:') === true);
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

  const RESTORING = [
    ...['archive list', 'archive prune', 'archive export ID --to out', 'restore ID --dry-run'],
    ...['restore ID', 'reapply ID --reason test', 'rehearse', 'up', 'retire ID --reason test'],
    'baseline --all --reason test',
  ];

  test('has the fields and the outcomes of each document', async () => {
    const database = await freshDatabase('sample.sql');
    const restorable = '20260101000000_purge_demo_users';
    const cwd = createProject({
      files: { 'package.json': '{}' },
      migrations: {
        [`${restorable}.ts`]: purgeDemoUsers().replace(
          'budget: { max: 5_000 },',
          'budget: { max: 5_000 }, guard: true,',
        ),
      },
    });
    const variables = { DATABASE_URL: database.url, HYGIENE_JSON: '1' };
    const seen: Seen[] = [];
    for (const line of [
      ...['init', 'init --print-sql', 'init --ledger', 'create purge_one', 'lint'],
      ...['scan --password-time 0', 'check --password-time 0'],
      ...['plan --out plan.json', 'approve --plan plan.json', 'up'],
      ...['mark staging', 'work', 'verify', 'status', 'ledger', 'ledger verify', 'ledger digest'],
      ...['ledger export', 'uninstall --print-sql', 'guard', 'guard check'],
      ...['guard add', 'guard add ID --print-sql', 'guard drop ID --reason test'].map((line) =>
        line.replace('ID', restorable),
      ),
      ...['doctor', 'doctor --config', 'report --password-time 0'],
      ...RESTORING.map((line) => line.replace('ID', restorable)),
    ]) {
      const run = await runCli(line.split(' '), { cwd, variables });
      const { command, outcome, ...others } = documentOf(run, line);
      const name = String(command);
      const fields = Object.keys(others).filter((each) => ![...ENVELOPE, 'error'].includes(each));
      seen.push({ name, fields });
      expect(sectionOf(commandsPage, `## hygiene ${name}`)).toContain(`\`${String(outcome)}\``);
    }
    for (const { name, fields } of merged(seen)) {
      const listed = fieldsIn(sectionOf(commandsPage, `## hygiene ${name}`));
      expect([name, listed]).toEqual([name, fields]);
    }
  });
});

describe('configuration.md', () => {
  test('has a section for each setting', () => {
    // Only `schemas` has another name inside.
    const known = Object.keys(defaultConfig).map((key) => key.replace(/^names$/, 'schemas'));
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
    const known = commands.flatMap((command) =>
      Object.entries(command.options).map(([option, { variable }]) => ({
        option,
        variable,
        command: command.name,
      })),
    );
    const listed = rows.flatMap((cells) => {
      const [, , takers = ''] = cells;
      return variablesIn([cells]).flatMap(([option, variable]) =>
        names(takers).map((command) => ({ option, variable, command })),
      );
    });
    expect(sorted(listed)).toEqual(sorted(known));
  });

  const parameters = sectionOf(configurationPage, '### URL parameters');
  const notesOn = (name: string, value: string): readonly string[] =>
    parseDatabaseUrl(`postgres://u:p@h/d?${name}=${value}`, 'a test').notes.filter((note) =>
      note.startsWith('URL parameter'),
    );

  test('says which URL parameters are understood, and they are', () => {
    const understood = tableRows(parameters, 'parameter').flatMap(([cell = '']) => names(cell));
    expect(understood.length).toBeGreaterThan(5);
    for (const name of understood) {
      expect([name, notesOn(name, plausible(name))]).toEqual([name, []]);
    }
  });

  test('says which URL parameters are ignored, and they are', () => {
    const ignored = names(firstGroup(/each is named in a note:\n\n([^]*?)\n\n/, parameters));
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

  test('names only events that there are', () => {
    const list = firstGroup(/^Events that this version writes: ([^]*?)\n\n/m, proseOf(ledgerPage));
    const events = names(list).filter((name) => name !== 'requires');
    expect(events.length).toBeGreaterThan(3);
    expect(eventNames).toEqual(expect.arrayContaining([...events]));
  });
});

test('privileges.md has the grants that `init --print-sql` prints', async () => {
  const { stdout } = await runCli(['init', '--print-sql', '--roles'], { cwd: createProject() });
  const printed = [...stdout.matchAll(/^grant .*;$/gm)].map(([line]) => line.replaceAll('"', ''));
  const block = fencesOf(page('docs/privileges.md')).find(
    ({ lines }) => lines.length === printed.length,
  );
  expect(block?.lines).toEqual(printed);
});

/** `scan` prints what it finds to stdout, and its document after that to stderr. */
function documentOf(run: CliRun, line: string): Record<string, unknown> {
  if (!line.startsWith('scan')) return run.json();
  return JSON.parse(run.stderr.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

interface Seen {
  readonly name: string;
  readonly fields: readonly string[];
}

/** The fields of all documents of one command together, sorted. */
function merged(seen: readonly Seen[]): readonly Seen[] {
  return [...new Set(seen.map(({ name }) => name))].map((name) => {
    const fields = seen.filter((each) => each.name === name).flatMap((each) => each.fields);
    return { name, fields: [...new Set(fields)].sort() };
  });
}

function sorted(items: readonly object[]): readonly string[] {
  return items.map((item) => JSON.stringify(item)).sort();
}

function firstGroup(pattern: RegExp, text: string): string {
  return pattern.exec(text)?.[1] ?? '';
}

/** A value that a URL parameter may have. */
function plausible(parameter: string): string {
  const values = new Map([['sslmode', 'verify-full']]);
  return values.get(parameter) ?? (/port|timeout/.test(parameter) ? '15' : 'system');
}

/** The sources in which a code is named because it is raised there. */
function raisingSources(): string {
  const source = join(repository, 'src');
  // The catalogue names all of them; the transitions are asked by nobody yet.
  const silent = new Set(['kernel/errors.ts', 'ledger/transitions.ts']);
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !silent.has(path))
    .map((path) => readFileSync(join(source, path), 'utf8'))
    .join('\n');
}

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
