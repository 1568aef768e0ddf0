import { Hono } from 'hono';
import { html } from 'hono/html';
import { streamSSE } from 'hono/streaming';

import { htmlAnswer, shellOf } from './answers.tsx';
import type { DashboardContext } from './context.ts';
import type { FeedState } from './progress-feed.ts';
import { ProgressPage, ProgressView } from './pages/progress.tsx';

/** How far migrations in batches are: a page, and the events that keep it new. */
export function progressRoutes(dashboard: DashboardContext): Hono {
  const { feed, world } = dashboard;
  const routes = new Hono();
  routes.get('/progress', async (context) => {
    const state = await feed.read();
    const page = <ProgressPage shell={shellOf(dashboard, context)} state={state} />;
    return htmlAnswer(context, page);
  });
  routes.get('/progress/events', (context) =>
    streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const stop = AbortSignal.any([gone.signal, world.signal]);
      const ended = new Promise<void>((resolve) => {
        stop.addEventListener('abort', () => resolve(), { once: true });
      });
      feed.watch((state) => void messageOf(state).then((data) => stream.writeSSE({ data })), stop);
      await ended;
    }),
  );
  return routes;
}

const messages = new WeakMap<FeedState, Promise<string>>();

/** Rendered once, however many watch. */
function messageOf(state: FeedState): Promise<string> {
  const message = messages.get(state) ?? rendered(state);
  messages.set(state, message);
  return message;
}

/** The facts for programs, and the view for the page. */
async function rendered(state: FeedState): Promise<string> {
  const view = await html`${(<ProgressView state={state} />)}`;
  return JSON.stringify({ ...state, view: view.toString() });
}
