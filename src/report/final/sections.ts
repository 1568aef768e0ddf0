import { grouped } from '../../kernel/counts.ts';
import { textFact } from '../../ledger/text-fact.ts';
import { type Block, type Cell, code, paragraph, type Section } from '../content/block.ts';
import { scanBlocks } from '../content/scan-blocks.ts';
import { placeOf } from '../target.ts';
import { moment } from '../wording.ts';
import { actorOf, inForce, rowsOf } from './applications.ts';
import { criteriaBlock, criteriaOf } from './criteria.ts';
import { digestBlocks, eventsBlock, identityBlock } from './engineering.ts';
import { type Audience, audiences, type ReportFacts } from './facts.ts';
import { timelineBlocks, timesBlock } from './history.ts';
import { risksOf } from './risks.ts';
import { summaryBlocks, summaryOf } from './summary.ts';
import { undoOf } from './undo.ts';

interface Chapter extends Section {
  /** The first audience that gets it; those after it get it too. */
  readonly from: Audience;
}

/** What a report tells this audience, in the order in which it is read. */
export function sectionsOf(facts: ReportFacts, audience: Audience): readonly Section[] {
  const depth = audiences.indexOf(audience);
  return chaptersOf(facts)
    .filter(({ from, blocks }) => audiences.indexOf(from) <= depth && blocks.length > 0)
    .map(({ id, title, blocks }) => ({ id, title, blocks }));
}

function chaptersOf(facts: ReportFacts): readonly Chapter[] {
  const applied = inForce(facts);
  const forAll = chaptersFrom('executive');
  const forOperations = chaptersFrom('operations');
  const forEngineering = chaptersFrom('engineering');
  return [
    forAll('summary', 'Summary', summaryBlocks(summaryOf(facts))),
    forAll('criteria', 'Success criteria', [criteriaBlock(criteriaOf(facts))]),
    forAll('rows', 'Rows by table', rowsBlocks(facts)),
    forAll('undo', 'Can it be undone?', undoBlocks(facts)),
    forAll('risks', 'Open risks', riskBlocks(facts)),
    forOperations('cleanups', 'Cleanups', cleanupBlocks(facts)),
    forOperations('checks', 'Checks', checkBlocks(facts)),
    forOperations('guards', 'Seed guards', guardBlocks(facts)),
    forOperations(
      'times',
      'Planned and actual time',
      applied.length === 0 ? [] : [timesBlock(applied)],
    ),
    forOperations('scan', 'Scan', scanBlocks(facts.checked.scan)),
    forOperations('timeline', 'Timeline', timelineBlocks(facts.events)),
    forOperations('log', 'Log and digest', digestBlocks(facts)),
    forEngineering('identity', 'The database', [identityBlock(facts)]),
    forEngineering('events', 'Events', eventsBlock(facts.events)),
    forAll('contacts', 'Contacts', contactBlocks(facts)),
  ];
}

function chaptersFrom(
  from: Audience,
): (id: string, title: string, blocks: readonly Block[]) => Chapter {
  return (id, title, blocks) => ({ id, title, blocks, from });
}

export function titleOf({ target }: Pick<ReportFacts, 'target'>): string {
  return `Data hygiene of ${target.database}`;
}

/** Below the title: what the report is about, and when it was made. */
export function aboutLine({ target, environment, at, toolVersion }: ReportFacts): string {
  const marker = environment ?? 'not marked';
  return `${placeOf(target)} · environment: ${marker} · ${moment(at)} · pg-hygiene ${toolVersion}`;
}

function rowsBlocks(facts: ReportFacts): readonly Block[] {
  const tables = rowsOf(inForce(facts));
  if (tables.length === 0) return [paragraph('No cleanup has removed or changed a row.')];
  const isAbout = tables.some(({ counted }) => !counted);
  return [
    { kind: 'rows', tables },
    ...(isAbout ? [paragraph({ text: 'About: by the size of the table.', tone: 'quiet' })] : []),
  ];
}

function undoBlocks(facts: ReportFacts): readonly Block[] {
  const undos = undoOf(facts);
  if (undos.length === 0) return [];
  return [
    {
      kind: 'table',
      columns: [{ title: 'cleanup' }, { title: 'can it be undone?' }],
      rows: undos.map(({ migrationId, says, possible }) => [
        code(migrationId),
        { text: says, tone: possible === true ? 'good' : 'warn' },
      ]),
    },
  ];
}

function riskBlocks(facts: ReportFacts): readonly Block[] {
  const risks = risksOf(facts);
  if (risks.length === 0) return [paragraph({ text: 'None was found.', tone: 'good' })];
  return [
    {
      kind: 'table',
      columns: [{ title: 'risk' }, { title: 'what to do' }],
      rows: risks.map(({ risk, remedy }) => [{ text: risk, tone: 'warn' }, code(remedy)]),
    },
  ];
}

function cleanupBlocks({ migrations, records, events }: ReportFacts): readonly Block[] {
  if (migrations.length === 0) return [];
  const rows = migrations.map(({ id, description, irreversible }): readonly Cell[] => {
    const record = records.get(id);
    const appliedAt = record?.appliedAt ?? null;
    const applied = events.find(({ seq }) => seq === record?.appliedSeq);
    return [
      code(id),
      irreversible === null ? description : `${description} (cannot be undone)`,
      record?.status ?? 'pending',
      appliedAt === null ? '–' : moment(appliedAt),
      applied === undefined ? '–' : actorOf(applied),
      applied?.ticket ?? '–',
    ];
  });
  const titles = ['cleanup', 'what for', 'status', 'applied', 'by', 'ticket'];
  return [{ kind: 'table', columns: titles.map((title) => ({ title })), rows }];
}

function checkBlocks(facts: ReportFacts): readonly Block[] {
  const checks = inForce(facts).flatMap(({ migrationId, seq, checks: made }) =>
    (made ?? []).map((check): readonly Cell[] => {
      const passed = check['passed'] === true;
      return [
        ...['label', 'expected', 'actual'].map((name) => textFact(check, name) ?? ''),
        { text: passed ? 'passed' : 'FAILED', tone: passed ? 'good' : 'bad' },
        check['lasting'] === true ? 'repeated on every deploy' : 'proven once',
        `${migrationId ?? ''}, event ${grouped(seq)}`,
      ];
    }),
  );
  if (checks.length === 0) return [];
  const titles = ['check', 'expected', 'actual', 'before commit', 'kind', 'source'];
  return [{ kind: 'table', columns: titles.map((title) => ({ title })), rows: checks }];
}

function guardBlocks({ checked }: ReportFacts): readonly Block[] {
  const guards = checked.verify?.guards ?? [];
  if (guards.length === 0) return [];
  const titles = ['guard', 'table', 'form', 'state now', 'of'];
  return [
    {
      kind: 'table',
      columns: titles.map((title) => ({ title })),
      rows: guards.map(({ guard, migrationId, state }) => [
        code(guard.name),
        code(guard.table.toString()),
        guard.form,
        { text: state, tone: state === 'present' ? 'good' : 'warn' },
        migrationId,
      ]),
    },
  ];
}

function contactBlocks({ contacts }: ReportFacts): readonly Block[] {
  if (contacts.length === 0) return [];
  return [{ kind: 'facts', facts: contacts.map(({ name, how }) => [name, how] as const) }];
}
