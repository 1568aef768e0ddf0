import { markdownOf } from '../content/markdown.ts';
import type { Style } from '../style.ts';
import { wrapped } from '../layout.ts';
import type { Audience, ReportFacts } from './facts.ts';
import { aboutLine, sectionsOf, titleOf } from './sections.ts';
import { summaryOf, VERDICT_TONES } from './summary.ts';
import { paragraph } from '../content/block.ts';

export function reportMarkdown(facts: ReportFacts, audience: Audience): string {
  const { headline, verdict } = summaryOf(facts);
  const [first, ...others] = sectionsOf(facts, audience);
  const sections =
    first === undefined
      ? []
      : [
          {
            ...first,
            blocks: [
              paragraph(aboutLine(facts)),
              paragraph(`${verdict}: ${headline}`),
              ...first.blocks,
            ],
          },
          ...others,
        ];
  return markdownOf(titleOf(facts), sections);
}

/** What the command says of the report that it has made. */
export function reportText(facts: ReportFacts, files: readonly string[], style: Style): string[] {
  const { headline, verdict, sentences } = summaryOf(facts);
  const paint = { good: style.green, bad: style.red, warn: style.yellow, quiet: style.dim };
  return [
    style.bold(paint[VERDICT_TONES[verdict]](headline)),
    ...sentences.flatMap((sentence) => wrapped(`  ${sentence}`)),
    '',
    ...files.map((file) => `created  ${file}`),
    ...newestId(facts).map(
      (id) => `Next: hygiene bundle ${id}   (all of it in one file, to be kept)`,
    ),
  ];
}

/** The migration that was applied last, if any was. */
function newestId({ events }: ReportFacts): readonly string[] {
  const applied = events.filter(({ event }) => event === 'applied');
  return applied.slice(-1).flatMap(({ migrationId }) => migrationId ?? []);
}
