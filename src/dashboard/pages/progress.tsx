import type { JSX } from 'hono/jsx/jsx-runtime';

import { grouped } from '../../kernel/counts.ts';
import { duration } from '../../report/wording.ts';
import type { FeedState, WatchedProgress } from '../progress-feed.ts';
import { Layout, Notice, type Shell } from './layout.tsx';

export function ProgressPage({
  shell,
  state,
}: {
  readonly shell: Shell;
  readonly state: FeedState;
}): JSX.Element {
  return (
    <Layout shell={shell} title="Progress" scripts={['progress.js']}>
      <div id="progress" data-events="/progress/events" aria-live="off">
        <ProgressView state={state} />
      </div>
      <p class="quiet" id="progress-state" role="status">
        Load the page again to see how far it is.
      </p>
    </Layout>
  );
}

/** The part of the page that is sent anew while somebody watches. */
export function ProgressView({ state }: { readonly state: FeedState }): JSX.Element {
  if (state.kind === 'error') {
    return (
      <Notice tone="bad" word="not known">
        {state.message}
      </Notice>
    );
  }
  if (state.migrations.length === 0) {
    return <p class="empty">No migration is being applied in batches.</p>;
  }
  return (
    <>
      {state.migrations.map((migration) => (
        <MigrationProgress migration={migration} />
      ))}
    </>
  );
}

function MigrationProgress({ migration }: { readonly migration: WatchedProgress }): JSX.Element {
  const { migrationId, rowsDone, rowsTotal } = migration;
  const share = rowsTotal === null || rowsTotal === 0 ? null : Math.min(1, rowsDone / rowsTotal);
  return (
    <section class="watched" aria-labelledby={migrationId}>
      <h2 id={migrationId}>
        <a href={`/migrations/${migrationId}`}>{migrationId}</a>
      </h2>
      <progress max={1} value={share ?? undefined} aria-labelledby={migrationId}>
        {share === null ? '' : percent(share)}
      </progress>
      <p>
        {rowsTotal === null
          ? 'Its rows are being listed.'
          : `${grouped(rowsDone)} of ${grouped(rowsTotal)} rows${share === null ? '' : `, ${percent(share)}`}`}
      </p>
      <p class={migration.isAlive ? 'quiet' : 'warn'}>{stateWords(migration)}</p>
    </section>
  );
}

function percent(share: number): string {
  return `${String(Math.floor(share * 100))} %`;
}

function stateWords(migration: WatchedProgress): string {
  const { isAlive, rowsPerSecond, remainingMs, waitingFor, request } = migration;
  if (request === 'pause') return 'Paused: hygiene resume goes on.';
  if (request === 'cancel') return 'Being cancelled.';
  if (!isAlive) return 'No run is at work on it: hygiene work goes on.';
  if (waitingFor !== null) return `Waits for ${waitingFor}.`;
  const rate =
    rowsPerSecond === null ? 'at work' : `${grouped(Math.round(rowsPerSecond))} rows a second`;
  return remainingMs === null ? rate : `${rate}, about ${duration(remainingMs)} left`;
}
