import type { JSX } from 'hono/jsx/jsx-runtime';

import type { ConfiguredPage } from '../../app/dashboard-config.ts';
import type { Tone } from '../../report/content/block.ts';
import { placeOf, type TargetFacts } from '../../report/target.ts';

/** What surrounds every page. */
export interface Shell {
  readonly target: TargetFacts;
  /** Null: not marked, or not known. */
  readonly environment: string | null;
  readonly pages: readonly ConfiguredPage[];
  /** Address of the page that is shown. */
  readonly path: string;
}

const OURS = [
  ['/', 'Overview'],
  ['/ledger', 'Ledger'],
  ['/migrations', 'Migrations'],
  ['/scan', 'Scan'],
  ['/progress', 'Progress'],
] as const;

interface LayoutProps {
  readonly shell: Shell;
  readonly title: string;
  /** Scripts of the page, from our own assets. */
  readonly scripts?: readonly string[];
  readonly children?: unknown;
}

export function Layout({ shell, title, scripts = [], children }: LayoutProps): JSX.Element {
  const { target, environment } = shell;
  return (
    <Document title={`${title} · ${target.database}`} scripts={scripts}>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          hygiene
        </a>
        <p class="where">
          <span>{placeOf(target)}</span>
          <span class={environment === 'production' ? 'mark production' : 'mark'}>
            {environment ?? 'not marked'}
          </span>
        </p>
      </header>
      <Navigation shell={shell} />
      <main id="content" tabindex={-1}>
        <h1>{title}</h1>
        {children}
      </main>
    </Document>
  );
}

interface DocumentProps {
  readonly title: string;
  readonly scripts: readonly string[];
  readonly children?: unknown;
}

export function Document({ title, scripts, children }: DocumentProps): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title}</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/theme.css" />
        <link rel="stylesheet" href="/assets/dashboard.css" />
        {scripts.map((name) => (
          <script type="module" src={`/assets/${name}`}></script>
        ))}
      </head>
      <body class="dashboard">{children}</body>
    </html>
  );
}

function Navigation({ shell }: { readonly shell: Shell }): JSX.Element {
  const { pages, path } = shell;
  return (
    <nav class="side" aria-label="Pages">
      <ul>
        {OURS.map(([href, title]) => (
          <NavigationLink href={href} title={title} path={path} />
        ))}
      </ul>
      {pages.length === 0 ? null : (
        <>
          <h2 id="application">Application</h2>
          <ul aria-labelledby="application">
            {pages.map((page) => (
              <NavigationLink href={`/pages/${page.path}`} title={page.title} path={path} />
            ))}
          </ul>
        </>
      )}
    </nav>
  );
}

interface NavigationLinkProps {
  readonly href: string;
  readonly title: string;
  readonly path: string;
}

function NavigationLink({ href, title, path }: NavigationLinkProps): JSX.Element {
  const isHere = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
  return (
    <li>
      <a href={href} aria-current={isHere ? 'page' : undefined}>
        {title}
      </a>
    </li>
  );
}

interface NoticeProps {
  readonly tone: Tone;
  readonly word: string;
  readonly children?: unknown;
}

/** The first thing to be read on a page: a word, and what it means. */
export function Notice({ tone, word, children }: NoticeProps): JSX.Element {
  return (
    <p class={`verdict ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <strong>{word}</strong>
      <span>{children}</span>
    </p>
  );
}

/** A section with its heading. */
export function Part({
  id,
  title,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly children?: unknown;
}): JSX.Element {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}
