import type { JSX } from 'hono/jsx/jsx-runtime';

import type { MigrationStatus } from '../../app/operations/status.ts';
import { counted, grouped } from '../../kernel/counts.ts';
import { type Cell, code, type Tone } from '../../report/content/block.ts';
import { Blocks, Facts } from '../../report/html/blocks.tsx';
import { moment, shortHash } from '../../report/wording.ts';
import type { Overview } from '../readings/read-overview.ts';
import { STANDING_TONES } from '../readings/standing.ts';
import { Layout, Notice, Part, type Shell } from './layout.tsx';

interface OverviewPageProps {
  readonly shell: Shell;
  readonly overview: Overview;
}

export function OverviewPage({ shell, overview }: OverviewPageProps): JSX.Element {
  const { standing, status } = overview;
  return (
    <Layout shell={shell} title="Overview">
      <Notice tone={STANDING_TONES[standing.word]} word={standing.word}>
        {standing.sentence}
        {standing.next === null ? null : (
          <>
            {' '}
            Next: <code>{standing.next}</code>
          </>
        )}
      </Notice>
      {status.ledgerInstalled ? null : <NoLedger />}
      <Facts facts={factsOf(overview)} />
      <Part id="migrations" title="Migrations">
        {status.migrations.length === 0 ? (
          <p class="quiet">There is no migration yet.</p>
        ) : (
          <MigrationTable migrations={status.migrations} />
        )}
      </Part>
    </Layout>
  );
}

export function NoLedger(): JSX.Element {
  return (
    <p class="empty">
      There is no ledger in this database yet. The first <code>hygiene up</code> makes it, or{' '}
      <code>hygiene init --ledger</code>; for a DBA: <code>hygiene init --print-sql</code>.
    </p>
  );
}

function factsOf(overview: Overview): readonly (readonly [string, Cell])[] {
  const { status, lastRun, verifications } = overview;
  const [newest] = verifications;
  return [
    ['environment', status.environment ?? { text: 'not marked', tone: 'quiet' }],
    ['identity', identityCell(overview)],
    ['chain', chainCell(overview)],
    [
      'last run',
      lastRun === null
        ? { text: 'none', tone: 'quiet' }
        : {
            text: `${lastRun.event} ${lastRun.migrationId ?? ''}, ${moment(lastRun.at)}`,
            href: `/ledger/${lastRun.seq}`,
          },
    ],
    [
      'last verified',
      newest === undefined
        ? { text: 'never', tone: 'quiet' }
        : { text: moment(newest.at), href: `/ledger/${newest.seq}` },
    ],
    ['pending', status.pending.length === 0 ? 'none' : counted(status.pending.length, 'migration')],
  ];
}

function identityCell({ identity, differences }: Overview): Cell {
  const system = identity.systemIdentifier;
  const name = system === null ? identity.database : `${identity.database}, system ${system}`;
  if (differences === null) return name;
  if (differences.length === 0) return { text: `${name}, as it was marked`, tone: 'good' };
  const fields = differences.map(({ field }) => field).join(', ');
  return { text: `${name}: not the database that was marked (${fields} differ)`, tone: 'bad' };
}

function chainCell({ status, chain }: Overview): Cell {
  if (!status.ledgerInstalled) return { text: 'no ledger', tone: 'quiet' };
  if (!status.chainIntact || chain?.ok === false)
    return { text: 'BROKEN', tone: 'bad', href: '/ledger' };
  if (chain === null)
    return { text: 'newest event intact; the others are being proven', tone: 'quiet' };
  const head = chain.headHash === null ? '' : `, head ${shortHash(chain.headHash)}`;
  return { text: `${grouped(chain.events)} events intact${head}`, tone: 'good', href: '/ledger' };
}

const STATUS_TONES: Readonly<Record<string, Tone>> = {
  applied: 'good',
  failed: 'bad',
  missing: 'bad',
  pending: 'warn',
  interrupted: 'warn',
  held: 'warn',
};

export function MigrationTable({
  migrations,
}: {
  readonly migrations: readonly MigrationStatus[];
}): JSX.Element {
  const rows = migrations.map((each): readonly Cell[] => {
    const { id, status, guard, appliedAt, generation } = each;
    const words = guard === null ? status : `${status}, guard ${guard}`;
    const tone = guard === 'missing' ? 'bad' : STATUS_TONES[status];
    return [
      { ...code(id), href: `/migrations/${id}` },
      { text: words, ...(tone !== undefined && { tone }) },
      appliedAt === null ? '–' : moment(appliedAt),
      generation === 1 ? '' : `generation ${generation}`,
    ];
  });
  const titles = ['migration', 'status', 'applied', ''];
  const columns = titles.map((title) => ({ title }));
  return <Blocks blocks={[{ kind: 'table', columns, rows }]} />;
}
