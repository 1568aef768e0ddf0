import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';

import { createTarGzip } from 'nanotar';

import type { TargetDescription } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { RecordedEvent } from '../../ledger/events.ts';
import type { ReportFacts } from '../../report/final/facts.ts';
import { digestDocument } from '../../report/ledger.ts';
import type { ScanOptions } from '../../runner/scan-database.ts';
import type { ConnectOptions, World } from '../compose.ts';
import { runLogs } from '../newest-run-log.ts';
import { readPlanFile } from '../plan-file.ts';
import { reportFileText } from '../report-file.ts';
import { assertFree, writeNewFiles } from '../scaffold/new-file.ts';
import { ledgerExportOperation, ledgerShowOperation } from './ledger-events.ts';
import { ledgerDigestOperation } from './ledger.ts';
import { reportOperation } from './report.ts';

export interface BundleOptions extends ConnectOptions {
  readonly id: string;
  /** Path of the new file. */
  readonly out: string;
  /** Where `up` leaves its logs. */
  readonly logDirectory: string;
  /** Path of the plan that the run was held to; null: it is not at hand. */
  readonly plan: string | null;
  readonly scan: Omit<ScanOptions, 'tables' | 'withRules'>;
}

export interface BundleReport {
  readonly target: TargetDescription;
  readonly environment: string | null;
  readonly file: string;
  readonly bytes: number;
  readonly contents: readonly string[];
  /** What one would look for in it, and why it is not there. */
  readonly missing: readonly string[];
}

interface Part {
  readonly name: string;
  readonly data: string | Uint8Array;
}

/**
 * Everything about one migration in one file that proves itself: `sha256sum -c SHA256SUMS`.
 * @throws HygieneError HYG_LEDGER_UNKNOWN_ID, HYG_REFUSED_PLAN, HYG_CONFIG_EXISTS
 */
export async function bundleOperation(world: World, options: BundleOptions): Promise<BundleReport> {
  const { cwd } = world;
  const { id } = options;
  const path = resolve(cwd, options.out);
  assertFree(path);
  const { events, target, environment } = await ledgerShowOperation(world, {
    ...options,
    subject: id,
  });
  const plan = planPart(cwd, options.plan, events);
  const runs = new Set(events.flatMap(({ runId }) => runId ?? []));
  const logs = [...runLogs(resolve(cwd, options.logDirectory), runs)].map(({ file, content }) => ({
    name: `logs/${basename(file)}`,
    data: content,
  }));
  const facts = await reportOperation(world, { ...options, observed: null });
  const backup = backupPart(events, facts.events);
  const parts = [...(await databaseParts(world, options, facts)), ...logs, ...plan, ...backup];
  const missing = [
    ...(logs.length > 0 ? [] : [`logs: ${options.logDirectory} holds none about this migration`]),
    ...(plan.length > 0 ? [] : ['plan: none was given (--plan FILE)']),
    ...(backup.length > 0 ? [] : ['backup: the ledger knows of none before it was applied']),
  ];
  const all = [...parts, { name: 'README.txt', data: readme(id, parts, missing) }];
  const sums = { name: 'SHA256SUMS', data: all.map(sumLine).join('') };
  const mtime = world.clock.now().getTime();
  const archive = await createTarGzip([...all, sums], { attrs: { mtime, mode: '644' } });
  writeNewFiles([{ path, text: archive }]);
  const contents = [...all, sums].map(({ name }) => name);
  return { target, environment, file: options.out, bytes: archive.length, contents, missing };
}

async function databaseParts(
  world: World,
  options: BundleOptions,
  facts: ReportFacts,
): Promise<readonly Part[]> {
  const digest = await ledgerDigestOperation(world, options);
  const json = await ledgerExportOperation(world, { ...options, format: 'json', output: null });
  return [
    { name: 'report.html', data: await reportFileText('html', facts, 'engineering') },
    { name: 'report.json', data: await reportFileText('json', facts, 'engineering') },
    { name: 'ledger.jsonl', data: json.text },
    { name: 'digest.json', data: jsonText({ schemaVersion: 1, ...digestDocument(digest) }) },
  ];
}

/** @throws HygieneError HYG_REFUSED_PLAN where it is the plan of another run */
function planPart(
  cwd: string,
  path: string | null,
  events: readonly RecordedEvent[],
): readonly Part[] {
  if (path === null) return [];
  const { digest } = readPlanFile(cwd, path);
  const known = events.flatMap(({ evidence }) => evidence?.['planDigest'] ?? []);
  if (known.length === 0 || known.includes(digest)) {
    return [{ name: 'plan.json', data: readFileSync(resolve(cwd, path)) }];
  }
  throw new HygieneError('HYG_REFUSED_PLAN', {
    message: `${path} is not the plan that the run was held to.`,
    hint: `That one has the digest ${known.map(String).join(', ')}.`,
  });
}

/** The backup that the run was given, or the newest before it: what the ledger holds of it. */
function backupPart(
  events: readonly RecordedEvent[],
  all: readonly RecordedEvent[],
): readonly Part[] {
  const applied = events.findLast(({ event }) => event === 'applied');
  const before = all.findLast(
    ({ event, seq }) => event === 'backup' && seq < (applied?.seq ?? Infinity),
  );
  const known = applied?.evidence?.['backup'] ?? before?.evidence;
  return known === undefined ? [] : [{ name: 'backup.json', data: jsonText(known) }];
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function sumLine({ name, data }: Part): string {
  return `${createHash('sha256').update(data).digest('hex')}  ${name}\n`;
}

function readme(id: string, parts: readonly Part[], missing: readonly string[]): string {
  return [
    `All about the hygiene migration ${id}.`,
    '',
    'Nothing in it was changed since:   sha256sum -c SHA256SUMS',
    'The ledger was not rewritten since: hygiene ledger verify --digest digest.json',
    '',
    ...parts.map(({ name }) => `  ${name}`),
    ...(missing.length === 0 ? [] : ['', 'Not in it:', ...missing.map((each) => `  ${each}`)]),
    '',
  ].join('\n');
}
