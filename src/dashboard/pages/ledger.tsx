import type { JSX } from 'hono/jsx/jsx-runtime';

import { eventNames, type RecordedEvent } from '../../ledger/events.ts';
import type { ChainReport } from '../../ledger/chain-report.ts';
import { counted, grouped } from '../../kernel/counts.ts';
import { actorOf } from '../../report/final/applications.ts';
import { eventSentence, eventTone } from '../../report/final/history.ts';
import { moment, shortHash } from '../../report/wording.ts';
import { Layout, Notice, Part, type Shell } from './layout.tsx';
import { NoLedger } from './overview.tsx';

interface LedgerFilter {
  readonly migrationId: string | null;
  readonly event: string | null;
}

export interface LedgerPageFacts {
  readonly installed: boolean;
  readonly chain: ChainReport | null;
  /** Newest first. */
  readonly events: readonly RecordedEvent[];
  readonly filter: LedgerFilter;
  readonly migrationIds: readonly string[];
  /** Position from which the next page goes on; null: there is none. */
  readonly olderThan: number | null;
}

export function LedgerPage({
  shell,
  facts,
}: {
  readonly shell: Shell;
  readonly facts: LedgerPageFacts;
}): JSX.Element {
  const { installed, chain, events, olderThan } = facts;
  return (
    <Layout shell={shell} title="Ledger" scripts={['copy.js']}>
      {installed && chain !== null ? <Proof chain={chain} /> : <NoLedger />}
      {installed ? <Filter facts={facts} /> : null}
      {events.length === 0 ? (
        <p class="empty">No event{installed ? ' is like that' : 's'}.</p>
      ) : (
        <Chain events={events} chain={chain} />
      )}
      {olderThan === null ? null : (
        <p>
          <a href={addressOf(facts.filter, olderThan)}>Older events</a>
        </p>
      )}
    </Layout>
  );
}

function Proof({ chain }: { readonly chain: ChainReport }): JSX.Element {
  const { ok, events, headHash, headSeq, problems } = chain;
  if (!ok) {
    return (
      <>
        <Notice tone="bad" word="BROKEN">
          Events were changed, removed or put in. What the ledger says cannot be relied on.
        </Notice>
        <ul>
          {problems.map(({ problem, atSeq }) => (
            <li class="bad">{atSeq === null ? problem : `event ${atSeq}: ${problem}`}</li>
          ))}
        </ul>
      </>
    );
  }
  return (
    <>
      <Notice tone="good" word="intact">
        {counted(events, 'event')}: every hash was recomputed, and each event names the one before
        it.
      </Notice>
      {headHash === null ? null : (
        <p class="digest">
          <label for="digest">Digest at event {grouped(headSeq ?? 0)}, to be kept elsewhere</label>
          <span>
            <input id="digest" type="text" readonly value={headHash} />
            <button type="button" data-copy="digest" hidden>
              Copy
            </button>
          </span>
        </p>
      )}
    </>
  );
}

function Filter({ facts }: { readonly facts: LedgerPageFacts }): JSX.Element {
  const { filter, migrationIds } = facts;
  return (
    <form class="filter" method="get" action="/ledger">
      <Choice name="migration" chosen={filter.migrationId} choices={migrationIds} />
      <Choice name="event" chosen={filter.event} choices={eventNames} />
      <button type="submit">Filter</button>
    </form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly chosen: string | null;
  readonly choices: readonly string[];
}

function Choice({ name, chosen, choices }: ChoiceProps): JSX.Element {
  return (
    <label>
      {name}
      <select name={name}>
        <option value="">all</option>
        {choices.map((choice) => (
          <option value={choice} selected={choice === chosen}>
            {choice}
          </option>
        ))}
      </select>
    </label>
  );
}

interface ChainProps {
  readonly events: readonly RecordedEvent[];
  readonly chain: ChainReport | null;
}

/** Each event a link: its hash, and below it the one that it names as its predecessor. */
function Chain({ events, chain }: ChainProps): JSX.Element {
  const broken = new Set(chain?.problems.map(({ atSeq }) => atSeq) ?? []);
  return (
    <ol class="chain" reversed>
      {events.map((event) => (
        <li class={broken.has(event.seq) ? 'broken' : eventTone(event)}>
          <span class="link" aria-hidden="true"></span>
          <a href={`/ledger/${event.seq}`}>
            {grouped(event.seq)} {event.event}
          </a>
          <span class="of">{event.migrationId ?? ''}</span>
          <time datetime={event.at.toISOString()}>{moment(event.at)}</time>
          <span class="said">
            {[eventSentence(event), `by ${actorOf(event)}`]
              .filter((text) => text !== '')
              .join('; ')}
          </span>
          <code class="hash" title={event.hash}>
            {shortHash(event.hash)}
            {broken.has(event.seq) ? <strong>does not fit</strong> : null}
          </code>
        </li>
      ))}
    </ol>
  );
}

function addressOf({ migrationId, event }: LedgerFilter, before: number): string {
  const query = new URLSearchParams({
    ...(migrationId !== null && { migration: migrationId }),
    ...(event !== null && { event }),
    before: String(before),
  });
  return `/ledger?${query.toString()}`;
}

export function EventPage({
  shell,
  event,
  newest,
  lines,
}: {
  readonly shell: Shell;
  readonly event: RecordedEvent;
  /** Position of the newest event. */
  readonly newest: number;
  /** Everything that was recorded, as `hygiene ledger show` prints it. */
  readonly lines: readonly string[];
}): JSX.Element {
  const { seq, migrationId, at, hash, prevHash } = event;
  return (
    <Layout shell={shell} title={`Event ${seq}: ${event.event}`}>
      <p>
        {moment(at)}, by {actorOf(event)}
        {migrationId === null ? null : (
          <>
            {', '}
            <a href={`/migrations/${migrationId}`}>{migrationId}</a>
          </>
        )}
      </p>
      <nav class="steps" aria-label="Events">
        {seq > 1 ? <a href={`/ledger/${seq - 1}`}>Event {seq - 1}</a> : null}
        {seq < newest ? <a href={`/ledger/${seq + 1}`}>Event {seq + 1}</a> : null}
        <a href="/ledger">All events</a>
      </nav>
      <Part id="hashes" title="In the chain">
        <dl class="facts">
          <div>
            <dt>hash</dt>
            <dd>
              <code>{hash}</code>
            </dd>
          </div>
          <div>
            <dt>follows</dt>
            <dd>
              <code>{prevHash}</code>
            </dd>
          </div>
        </dl>
      </Part>
      <Part id="recorded" title="All that was recorded">
        <pre tabindex={0}>
          <code>{lines.join('\n')}</code>
        </pre>
      </Part>
    </Layout>
  );
}
