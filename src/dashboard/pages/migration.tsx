import type { JSX } from 'hono/jsx/jsx-runtime';

import type { MigrationStatus } from '../../app/operations/status.ts';
import { counted, grouped } from '../../kernel/counts.ts';
import type { HygieneError } from '../../kernel/errors.ts';
import { type Block, type Cell, code, type Tone } from '../../report/content/block.ts';
import { planBlocks } from '../../report/content/plan-blocks.ts';
import { rowsOf } from '../../report/final/applications.ts';
import { timelineBlocks, timesBlock } from '../../report/final/history.ts';
import { Blocks, Facts } from '../../report/html/blocks.tsx';
import { moment } from '../../report/wording.ts';
import type { RecordedEvent } from '../../ledger/events.ts';
import { textFact } from '../../ledger/text-fact.ts';
import type { PlannedMigration } from '../../runner/plan-report.ts';
import type { MigrationFacts } from '../readings/read-migration.ts';
import { Layout, Part, type Shell } from './layout.tsx';
import { MigrationTable } from './overview.tsx';
import { Problem } from './problem.tsx';

export function MigrationsPage({
  shell,
  migrations,
}: {
  readonly shell: Shell;
  readonly migrations: readonly MigrationStatus[];
}): JSX.Element {
  return (
    <Layout shell={shell} title="Migrations">
      {migrations.length === 0 ? (
        <p class="empty">
          There is no migration yet. <code>hygiene create NAME</code> begins one;{' '}
          <code>hygiene scan --write NAME</code> writes one from what it finds.
        </p>
      ) : (
        <MigrationTable migrations={migrations} />
      )}
    </Layout>
  );
}

/** The plan of a pending migration, or why there is none; null where none is needed. */
export type ShownPlan =
  | { readonly kind: 'planned'; readonly planned: PlannedMigration }
  | { readonly kind: 'problem'; readonly error: HygieneError }
  | null;

export function MigrationPage({
  shell,
  facts,
  plan,
}: {
  readonly shell: Shell;
  readonly facts: MigrationFacts;
  readonly plan: ShownPlan;
}): JSX.Element {
  const { id, description, applied, events, sources } = facts;
  return (
    <Layout shell={shell} title={id}>
      {description === null ? null : <p class="lead">{description}</p>}
      <Facts facts={factsOf(facts)} />
      {plan === null ? null : (
        <Part id="plan" title="Plan">
          {plan.kind === 'planned' ? (
            <Blocks blocks={planBlocks(plan.planned)} />
          ) : (
            <Problem error={plan.error} />
          )}
        </Part>
      )}
      {applied === null ? null : (
        <>
          <Part id="rows" title="Rows by table">
            <Blocks blocks={[{ kind: 'rows', tables: rowsOf([applied]) }]} />
          </Part>
          <Part id="checks" title="Checks before the commit">
            <Blocks blocks={[checksBlock(applied.checks ?? [])]} />
          </Part>
          <Part id="time" title="Planned and actual time">
            <Blocks blocks={[timesBlock([applied])]} />
          </Part>
          <Archive facts={facts} />
        </>
      )}
      {events.length === 0 ? null : (
        <Part id="events" title="Events">
          <Blocks blocks={timelineBlocks(events)} />
        </Part>
      )}
      <Part id="source" title="Source">
        {sources.length === 0 ? <p class="quiet">Its file is not here.</p> : null}
        {sources.map(({ name, text }) => (
          <>
            <h3>{name}</h3>
            <pre tabindex={0}>
              <code>{text}</code>
            </pre>
          </>
        ))}
      </Part>
    </Layout>
  );
}

type Fact = readonly [string, Cell];

function factsOf(facts: MigrationFacts): readonly Fact[] {
  const { record, applied } = facts;
  const { status = 'pending', generation = 1, lastError = null } = record ?? {};
  return [
    ['status', status],
    ['applied', applied === null ? 'not yet' : appliedCell(applied)],
    ...(generation === 1 ? [] : [['generation', String(generation)] satisfies Fact]),
    ['can it be undone?', undoCell(facts)],
    ['seed guard', guardCell(facts)],
    ...(lastError === null
      ? []
      : [['last error', { text: lastError, tone: 'bad' }] satisfies Fact]),
  ];
}

function appliedCell({ at, seq }: RecordedEvent): Cell {
  return { text: `${moment(at)}, event ${String(seq)}`, href: `/ledger/${String(seq)}` };
}

function undoCell({ irreversible, applied, archives }: MigrationFacts): Cell {
  if (irreversible !== null) return { text: `no: ${irreversible}`, tone: 'warn' };
  if (applied === null) return 'it will be archived, so yes';
  if (archives === null) return { text: 'this role may not see the archive', tone: 'quiet' };
  if (archives.length === 0) return 'nothing of it is archived';
  const ends = archives.map(({ expiresAt }) => expiresAt).reduce((a, b) => (a < b ? a : b));
  return { text: `yes, until ${moment(ends)}`, tone: 'good' };
}

function guardCell({ record }: MigrationFacts): Cell {
  const guards = [...(record?.guards ?? new Map<string, string>())];
  if (guards.length === 0) return { text: 'none', tone: 'quiet' };
  return {
    text: guards.map(([name, state]) => `${name}: ${state}`).join(', '),
    tone: guardTone(guards.map(([, state]) => state)),
  };
}

function guardTone(states: readonly string[]): Tone {
  if (states.includes('missing')) return 'bad';
  return states.every((state) => state === 'validated') ? 'good' : 'warn';
}

function checksBlock(checks: readonly Readonly<Record<string, unknown>>[]): Block {
  return {
    kind: 'table',
    columns: ['check', 'expected', 'actual', 'result'].map((title) => ({ title })),
    rows: checks.map((check) => [
      ...['label', 'expected', 'actual'].map((name) => textFact(check, name) ?? ''),
      check['passed'] === true ? { text: 'passed', tone: 'good' } : { text: 'FAILED', tone: 'bad' },
    ]),
  };
}

function Archive({ facts }: { readonly facts: MigrationFacts }): JSX.Element {
  const { archives } = facts;
  if (archives === null) {
    return (
      <Part id="archive" title="Archive">
        <p class="quiet">This role may not see the archive.</p>
      </Part>
    );
  }
  if (archives.length === 0) {
    return (
      <Part id="archive" title="Archive">
        <p class="quiet">Nothing of it is archived.</p>
      </Part>
    );
  }
  const rows = archives.map(
    ({ source, kind, rows: count, expiresAt, daysLeft }): readonly Cell[] => [
      code(source.toString()),
      kind,
      grouped(count),
      moment(expiresAt),
      daysLeft > 0
        ? { text: `${counted(daysLeft, 'day')} left`, tone: daysLeft > 7 ? 'good' : 'warn' }
        : { text: 'ended', tone: 'bad' },
    ],
  );
  const columns = [
    { title: 'table' },
    { title: 'kind' },
    { title: 'rows', align: 'right' as const },
    { title: 'expires' },
    { title: '' },
  ];
  return (
    <Part id="archive" title="Archive">
      <Blocks blocks={[{ kind: 'table', columns, rows }]} />
    </Part>
  );
}
