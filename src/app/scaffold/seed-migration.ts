import type { Table } from '../../catalog/model.ts';
import { displayIdentifier, quoteLiteral } from '../../kernel/identifiers.ts';
import { keyAsJson, keyColumns } from '../../scanner/row-key.ts';
import type { SeedRule, SeedRules } from '../../scanner/rule/seed-rule.ts';

/** Over the counted rows, since the application goes on between the scan and the run: a tenth. */
const SLACK = 10;
const WIDTH = 96;

/** The text of a migration that removes what a scan found. It runs as it is. */
export function seedMigration({ rules }: SeedRules): string {
  const named = names(rules);
  const ups = rules.map((rule) => purgeOf(rule, named.get(rule) ?? ''));
  const up =
    rules.length === 1 ? (ups[0] ?? '') : `[\n${ups.map((each) => `${indent(each)},\n`).join('')}]`;
  const tables = rules.map(({ table }) => table.name.toString()).join(', ');
  return [
    `import { defineHygiene, purge, rows, sql } from 'pg-hygiene';`,
    '',
    '// Written by `hygiene scan --write`. Every condition was tried: it matched these rows and no others.',
    ...rules.flatMap((rule) => ['', rowSetOf(rule, named.get(rule) ?? '')]),
    '',
    'export default defineHygiene({',
    `  description: 'Remove the seed data that hygiene scan found in ${escaped(tables)}',`,
    `  up: ${indent(up).trimStart()},`,
    '  async verify({ expect }) {',
    ...rules.map((rule) => `    await expect.none(${named.get(rule) ?? ''});`),
    '  },',
    '});',
    '',
  ].join('\n');
}

/** `seedUsers`; where two tables have one name, the later ones get a number. */
function names(rules: readonly SeedRule[]): ReadonlyMap<SeedRule, string> {
  const taken = new Set<string>();
  return new Map(
    rules.map((rule) => {
      const words = rule.table.name.name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
      const base = `seed${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
      let name = base;
      for (let n = 2; taken.has(name); n += 1) name = `${base}${String(n)}`;
      taken.add(name);
      return [rule, name];
    }),
  );
}

function rowSetOf(rule: SeedRule, name: string): string {
  const { table, conditions, keys } = rule;
  const all = [...conditions, ...(keys.length === 0 ? [] : [keyCondition(table, keys)])];
  const text = all
    .map((each) => `  ${each}`)
    .join('\n  or ')
    .replace(/^ {2}/, '');
  const rows = `// ${String(rule.rows)} ${rule.rows === 1 ? 'row' : 'rows'}, ${String(rule.allRows)} with what goes along.`;
  return `${rows}\nconst ${name} = rows(${referenceText(rule)}, sql\`\n  ${text}\n\`);`;
}

function referenceText({ reference }: SeedRule): string {
  const quoted = [reference].flat().map((name) => `'${escaped(name)}'`);
  return quoted.length === 1 ? (quoted[0] ?? '') : `[${quoted.join(', ')}]`;
}

function keyCondition(table: Table, keys: readonly string[]): string {
  const columns = keyColumns(table);
  const left = columns.map(({ name }) => displayIdentifier(name)).join(', ');
  const values = keys.map((key) => {
    const value = keyAsJson(table, key);
    const parts = columns.map(({ name }) =>
      literal(columns.length === 1 ? value : field(value, name)),
    );
    return columns.length === 1 ? (parts[0] ?? 'null') : `(${parts.join(', ')})`;
  });
  return `${columns.length === 1 ? left : `(${left})`} in (\n${filled(values)}\n  )`;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : value;
}

/** Inside a template literal of a source file. */
function literal(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return quoteLiteral(String(value)).replaceAll('`', '\\`').replaceAll('${', '\\${');
}

function filled(values: readonly string[]): string {
  const lines: string[] = [];
  let line = '   ';
  for (const [at, value] of values.entries()) {
    const next = ` ${value}${at === values.length - 1 ? '' : ','}`;
    if (line.length + next.length > WIDTH) {
      lines.push(line);
      line = '   ';
    }
    line += next;
  }
  return [...lines, line].join('\n');
}

function purgeOf(rule: SeedRule, name: string): string {
  const dependents = dependentsOf(rule);
  const max = rule.allRows + Math.ceil(rule.allRows / SLACK);
  return [
    `purge(${name}, {`,
    ...(dependents.length === 0 ? [] : [`  dependents: { ${dependents.join(', ')} },`]),
    `  budget: { max: ${String(max)} },`,
    ...(rule.isLasting ? ['  guard: true,'] : []),
    '})',
  ].join('\n');
}

function dependentsOf({ dependents }: SeedRule): readonly string[] {
  return Object.entries(dependents).map(([key, action]) => {
    const name = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : `'${escaped(key)}'`;
    return `${name}: '${action}'`;
  });
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n');
}
