import { counted, grouped } from '../kernel/counts.ts';
import type { ListedArchive } from '../runner/archives.ts';
import type { ExportReport } from '../runner/export-archive.ts';
import type { PrunedApplication } from '../runner/prune-archives.ts';
import type { Fields } from './document.ts';
import { tableLines } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { byteSize, moment } from './wording.ts';

export interface ArchiveListFacts {
  readonly retentionDays: number;
  readonly archives: readonly ListedArchive[];
}

export function archiveListText(
  { archives, retentionDays }: ArchiveListFacts,
  style: Style = plainStyle,
): string[] {
  if (archives.length === 0) return ['Nothing is archived.'];
  const [head = '', ...lines] = tableLines(
    [
      { title: 'migration' },
      { title: 'gen', align: 'right' },
      { title: 'table' },
      { title: 'kind' },
      { title: 'rows', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'archived' },
      { title: 'expires' },
      { title: 'days left', align: 'right' },
    ],
    archives.map((each) => [
      each.migrationId,
      String(each.generation),
      each.source.toString(),
      kindText(each),
      grouped(each.rows),
      each.bytes === null ? 'gone' : byteSize(each.bytes),
      day(each.createdAt),
      day(each.expiresAt),
      each.daysLeft > 0 ? grouped(each.daysLeft) : 'ended',
    ]),
  );
  const rows = archives.reduce((sum, each) => sum + each.rows, 0);
  const bytes = archives.reduce((sum, each) => sum + (each.bytes ?? 0), 0);
  const ended = archives.some(({ daysLeft }) => daysLeft <= 0);
  return [
    style.bold(head),
    ...lines,
    '',
    `${counted(rows, 'row')} in ${counted(archives.length, 'table')}, ${byteSize(bytes)}, kept for ${counted(retentionDays, 'day')}.`,
    ...(ended ? ['Next: hygiene archive prune --dry-run'] : []),
  ];
}

/** Where purges and scrubs take turns, a table can have more than one archive. */
function kindText({ kind, stage }: Pick<ListedArchive, 'kind' | 'stage'>): string {
  return stage === 1 ? kind : `${kind}, stage ${String(stage)}`;
}

function day(at: Date): string {
  return moment(at).slice(0, 10);
}

export function archiveListDocument({ archives, retentionDays }: ArchiveListFacts): Fields {
  return { retentionDays, archives: archives.map(archiveFields) };
}

function archiveFields({ source, archive, ...facts }: ListedArchive): Fields {
  return { ...facts, source: source.toString(), archive: archive.toString() };
}

export interface ArchivePruneFacts {
  readonly dryRun: boolean;
  readonly retentionDays: number;
  readonly applications: readonly PrunedApplication[];
}

export function archivePruneText(
  { applications, dryRun, retentionDays }: ArchivePruneFacts,
  style: Style = plainStyle,
): string[] {
  const pruned = applications.filter(({ kept }) => kept === null);
  const tables = pruned.reduce((sum, each) => sum + each.tables.length, 0);
  const rows = pruned.reduce((sum, each) => sum + rowsOf(each), 0);
  const word = dryRun ? 'would go' : 'pruned  ';
  return [
    ...applications.map((each) => {
      const { migrationId, generation, kept } = each;
      const what = `${migrationId}  generation ${generation}, ${counted(each.tables.length, 'table')}, ${counted(rowsOf(each), 'row')}`;
      return kept === null
        ? `${style.yellow(word)}  ${what}`
        : `${'kept'.padEnd(8)}  ${what} (${kept})`;
    }),
    ...(applications.length === 0 ? [] : ['']),
    style.bold(pruneSentence({ dryRun, retentionDays, tables, rows })),
    ...(dryRun && tables > 0 ? ['Nothing was changed. Next: hygiene archive prune'] : []),
  ];
}

function pruneSentence(facts: {
  readonly dryRun: boolean;
  readonly retentionDays: number;
  readonly tables: number;
  readonly rows: number;
}): string {
  const { dryRun, retentionDays, tables, rows } = facts;
  if (tables === 0) return `No archive is older than ${counted(retentionDays, 'day')}.`;
  const what = `${counted(tables, 'archive table')} with ${counted(rows, 'row')}`;
  return dryRun
    ? `${what} would be dropped.`
    : `${what} dropped: nothing of them can be restored now.`;
}

function rowsOf({ tables }: PrunedApplication): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}

export function archivePruneDocument({
  applications,
  dryRun,
  retentionDays,
}: ArchivePruneFacts): Fields {
  return {
    dryRun,
    retentionDays,
    applications: applications.map(({ tables, ...facts }) => ({
      ...facts,
      archives: tables.map(archiveFields),
    })),
  };
}

export function archiveExportText(
  { directory, files, event }: ExportReport,
  style: Style = plainStyle,
): string[] {
  return [
    ...tableLines(
      [{ title: 'table' }, { title: 'kind' }, { title: 'rows', align: 'right' }, { title: 'file' }],
      files.map((each) => [each.source, kindText(each), grouped(each.rows), each.file]),
    ),
    '',
    style.bold(
      `${counted(files.length, 'file')} and manifest.json in ${directory}  (ledger event ${event.seq})`,
    ),
    'They hold personal data, and no retention ends them: keep them where they belong.',
  ];
}

export function archiveExportDocument({ directory, files, event }: ExportReport): Fields {
  return { directory, files, event };
}
