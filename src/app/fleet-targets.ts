import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { z } from 'zod';

import { parseDatabaseUrl } from '../database/database-url.ts';
import { HygieneError } from '../kernel/errors.ts';
import { cutToBytes } from '../kernel/identifiers.ts';
import { defaultLedgerNames, type LedgerNames } from '../ledger/names.ts';
import type { World } from './compose.ts';
import { outputOf } from './output-of.ts';
import { parseJson } from './read-json-file.ts';

/** One database, or one schema of a database, with a ledger of its own. */
export interface FleetTarget {
  readonly name: string;
  readonly url: string;
  /** Name of the database, as a confirmation gives it. */
  readonly database: string;
  /** Null: the schemas that the config names. */
  readonly names: LedgerNames | null;
}

export interface TargetsSource {
  /** Path of a file. */
  readonly file: string | null;
  /** A line for the shell that prints the same. */
  readonly command: string | null;
}

const target = z.strictObject({
  name: z.string().min(1).optional(),
  url: z.string().min(1),
  /** A tenant's schema: it is the search path, and has a ledger beside it. */
  schema: z.string().min(1).optional(),
});
const list = z.array(z.union([z.string().min(1), target]));
type Given = z.output<typeof target>;

const HINT = [
  'One URL a line (# begins a comment), or a JSON array of URLs and { name, url, schema }.',
  '${VARIABLE} in a URL is taken from the environment, so that no password is in the file.',
].join('\n');
const COMMAND_TIMEOUT_MS = 120_000;

/**
 * All targets, in their order; none is left out.
 * @throws HygieneError HYG_USAGE where one of them cannot be understood
 */
export async function readTargets(
  world: World,
  { file, command }: TargetsSource,
): Promise<readonly FleetTarget[]> {
  if ((file === null) === (command === null)) {
    throw usage('A fleet needs --targets FILE or --targets-command COMMAND, and not both.');
  }
  const text =
    command === null
      ? readFile(world.cwd, file ?? '')
      : await outputOf(world, { command, what: 'list of targets', timeoutMs: COMMAND_TIMEOUT_MS });
  const source = file ?? 'the command';
  const targets = entriesOf(text, source).map((given, at) => toTarget(given, at, world));
  if (targets.length === 0) throw usage(`${source} names no target.`);
  const seen = new Set<string>();
  const twice = targets.find(({ name }) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw usage(`${source} has two targets named ${twice.name}.`);
  return targets;
}

function readFile(cwd: string, path: string): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw usage(`${path} cannot be read (${code}).`);
  }
}

function entriesOf(text: string, source: string): readonly Given[] {
  if (!text.trimStart().startsWith('[')) {
    const lines = text.split(/\r?\n/).map((line) => line.replace(/^\s*#.*|\s#.*$/, '').trim());
    return lines.filter((line) => line !== '').map((url) => ({ url }));
  }
  const given = parseJson(text, {
    path: source,
    what: 'list of targets',
    schema: list,
    hint: HINT,
  });
  return given.map((each) => (typeof each === 'string' ? { url: each } : each));
}

function toTarget(given: Given, at: number, { variables }: World): FleetTarget {
  const source = `target ${String(at + 1)}`;
  const url = filled(given.url, variables, source);
  const { host, port, database, searchPath } = parseDatabaseUrl(url, source);
  const schema = given.schema ?? null;
  const place = `${host}:${String(port)}/${database}`;
  const ofSchema = schema ?? searchPath?.[0] ?? null;
  return {
    name: given.name ?? (ofSchema === null ? place : `${place}/${ofSchema}`),
    url: schema === null ? url : withSchema(url, schema),
    database,
    names: schema === null ? null : tenantNames(schema),
  };
}

function withSchema(url: string, schema: string): string {
  const changed = new URL(url);
  changed.searchParams.set('schema', schema);
  return changed.href;
}

/** PostgreSQL cuts longer names, and two tenants would share a ledger. */
function tenantNames(schema: string): LedgerNames {
  const { schema: ledger, archiveSchema } = defaultLedgerNames;
  const names = { schema: `${ledger}_${schema}`, archiveSchema: `${archiveSchema}_${schema}` };
  const isCut = Object.values(names).some((name) => cutToBytes(name, 63) !== name);
  if (isCut) throw usage(`The schema ${schema} is too long for a name to be made of it.`);
  return names;
}

/** With variables of the environment put in. */
function filled(text: string, variables: World['variables'], source: string): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (_whole, name: string) => {
    const value = variables[name];
    if (value === undefined) throw usage(`The URL of ${source} names ${name}, which is not set.`);
    return value;
  });
}

function usage(message: string): HygieneError {
  return new HygieneError('HYG_USAGE', { message, hint: HINT });
}
