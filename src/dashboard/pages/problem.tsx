import type { JSX } from 'hono/jsx/jsx-runtime';

import type { HygieneError } from '../../kernel/errors.ts';
import { Document, Layout, Notice, type Shell } from './layout.tsx';

/** What went wrong, and what to do next. */
export function ProblemPage({
  shell,
  error,
}: {
  readonly shell: Shell;
  readonly error: HygieneError;
}): JSX.Element {
  return (
    <Layout shell={shell} title="This page cannot be shown">
      <Problem error={error} />
      <p>
        <a href={shell.path}>Try again</a>
      </p>
    </Layout>
  );
}

export function Problem({ error }: { readonly error: HygieneError }): JSX.Element {
  return (
    <>
      <Notice tone="bad" word={error.code}>
        {error.message}
      </Notice>
      {error.hint === null ? null : <p class="hint">{error.hint}</p>}
    </>
  );
}

/** For who has no token, so that it says nothing of the database. */
export function TokenPage({ isWrong }: { readonly isWrong: boolean }): JSX.Element {
  return (
    <Document title="hygiene" scripts={[]}>
      <main class="token" id="content">
        <h1>hygiene</h1>
        {isWrong ? (
          <Notice tone="bad" word="Refused">
            That is not the token of this dashboard.
          </Notice>
        ) : null}
        <p>
          Open the link that <code>hygiene serve</code> has printed, or enter the token that is at
          its end. Each start has a new one.
        </p>
        <form method="post" action="/session">
          <label>
            Token
            <input name="token" type="password" autocomplete="off" required />
          </label>
          <button type="submit">Open</button>
        </form>
      </main>
    </Document>
  );
}
