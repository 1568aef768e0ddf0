import { readFileSync } from 'node:fs';

import { errorCatalogue, type ErrorCode } from '../../src/kernel/errors.ts';
import { table } from './markdown.ts';

/** What a reader needs beside the catalogue, in the order of the page. */
interface ErrorGuide {
  readonly introduction: readonly string[];
  readonly sections: readonly {
    readonly heading: string;
    readonly words?: string;
    readonly codes: Readonly<Record<string, { readonly meaning: string; readonly remedy: string }>>;
  }[];
}

/**
 * docs/errors.md: every code with its exit from the catalogue, and what it means from the guide.
 * @throws Error where the two do not have the same codes in the same order
 */
export function errorPage(): string {
  const text = readFileSync(new URL('error-guide.json', import.meta.url), 'utf8');
  const { introduction, sections } = JSON.parse(text) as ErrorGuide;
  const explained = sections.flatMap(({ codes }) => Object.keys(codes));
  const known = Object.keys(errorCatalogue);
  const at = known.findIndex((code, position) => code !== explained[position]);
  if (at >= 0 || known.length !== explained.length) {
    throw new Error(
      `error-guide.json and the catalogue part at ${known[at] ?? 'its end'}, ${explained[at] ?? 'its end'}`,
    );
  }
  return [
    '# Errors',
    introduction.join('\n'),
    ...sections.flatMap(({ heading, words, codes }) => [
      `## ${heading}`,
      ...(words === undefined ? [] : [words]),
      table(
        ['code', 'exit', 'meaning', 'what to do'],
        Object.entries(codes).map(([code, { meaning, remedy }]) => {
          const { exit } = errorCatalogue[code as ErrorCode];
          return [`\`${code}\``, String(exit), meaning, remedy];
        }),
      ),
    ]),
  ].join('\n\n');
}
