import { html, raw } from 'hono/html';
import type { JSX } from 'hono/jsx/jsx-runtime';

import type { Section } from '../content/block.ts';
import type { Audience, ReportFacts } from '../final/facts.ts';
import { aboutLine, sectionsOf, titleOf } from '../final/sections.ts';
import { summaryOf, VERDICT_TONES } from '../final/summary.ts';
import { SectionView } from './blocks.tsx';

/** Nothing is fetched and nothing runs, wherever the file ends up. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * The report as one file that needs no other.
 * @param stylesheet what stands in the file's only style element
 */
export async function reportHtml(
  facts: ReportFacts,
  audience: Audience,
  stylesheet: string,
): Promise<string> {
  const page = <ReportPage facts={facts} audience={audience} stylesheet={stylesheet} />;
  const document = await html`<!doctype html>${page}`;
  return document.toString();
}

interface ReportPageProps {
  readonly facts: ReportFacts;
  readonly audience: Audience;
  readonly stylesheet: string;
}

function ReportPage({ facts, audience, stylesheet }: ReportPageProps): JSX.Element {
  const { verdict, headline } = summaryOf(facts);
  const sections = sectionsOf(facts, audience);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="color-scheme" content="light dark" />
        <title>{titleOf(facts)}</title>
        <style>{raw(stylesheet)}</style>
      </head>
      <body class="report">
        <header>
          <p class="about">{aboutLine(facts)}</p>
          <h1>{titleOf(facts)}</h1>
          <p class={`verdict ${VERDICT_TONES[verdict]}`}>
            <strong>{verdict}</strong>
            {headline}
          </p>
          <Contents sections={sections} />
        </header>
        <main>
          {sections.map((section) => (
            <SectionView section={section} />
          ))}
        </main>
        <footer>
          Made for the {audience} from the ledger and the database as they were at the time above.
        </footer>
      </body>
    </html>
  );
}

function Contents({ sections }: { readonly sections: readonly Section[] }): JSX.Element {
  return (
    <nav aria-label="Contents">
      {sections.map(({ id, title }) => (
        <a href={`#${id}`}>{title}</a>
      ))}
    </nav>
  );
}
