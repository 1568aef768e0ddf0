import { reportDocument } from '../report/final/document.ts';
import type { Audience, ReportFacts } from '../report/final/facts.ts';
import { reportMarkdown } from '../report/final/text.ts';
import { readAsset } from './read-asset.ts';

export type ReportForm = 'html' | 'json' | 'markdown';

/** A report as a file of its own. */
export async function reportFileText(
  form: ReportForm,
  facts: ReportFacts,
  audience: Audience,
): Promise<string> {
  if (form === 'markdown') return reportMarkdown(facts, audience);
  if (form === 'json') return `${JSON.stringify(reportDocument(facts), null, 2)}\n`;
  const { reportHtml } = await import('../report/html/report-page.tsx');
  const stylesheet = ['theme.css', 'report.css']
    .map((name) => readAsset('report', name))
    .join('\n');
  return reportHtml(facts, audience, stylesheet);
}
