import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One Markdown file for readers; the records in docs/adr are left to themselves. */
export interface Page {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block. */
export interface Fence {
  readonly language: string;
  readonly isRunnable: boolean;
  /** Who runs it, as `docs/README.md` lists them. */
  readonly marks: readonly string[];
  readonly lines: readonly string[];
}

export const repository = join(import.meta.dirname, '../..');

export function pages(): readonly Page[] {
  const docs = readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md'));
  const paths = ['README.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)];
  return paths.map(page);
}

export function page(path: string): Page {
  return { path, text: readFileSync(join(repository, path), 'utf8') };
}

/** Blocks inside a list are indented as the list is. */
export function fencesOf({ text }: Page): readonly Fence[] {
  return [...text.matchAll(/^( *)```(\S*)([^\n]*)\n([^]*?)^ *```$/gm)].map(
    ([, indent = '', language = '', marks = '', body = '']) => ({
      language,
      isRunnable: marks.split(' ').includes('runnable'),
      marks: marks.split(' ').filter((mark) => mark !== ''),
      lines: body
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(line.startsWith(indent) ? indent.length : 0)),
    }),
  );
}

/** The block of a page that has the mark. */
export function fenceMarked(where: Page, mark: string): Fence {
  const fence = fencesOf(where).find(({ marks }) => marks.includes(mark));
  if (fence === undefined) throw new Error(`${where.path} has no block "${mark}"`);
  return fence;
}

/** Of the file in the project that the block shows, as its first line says; null: it shows none. */
export function pathOf({ lines }: Fence): string | null {
  return /^(?:\/\/|--) (hygiene\/\S+)$/.exec(lines[0] ?? '')?.[1] ?? null;
}

/** The page without its fenced blocks, in which a `#` is no heading. */
export function proseOf({ text }: Page): string {
  return text.replaceAll(/^ *```[^]*?^ *```$/gm, '');
}

/** The text below a heading, up to the next one of the same level or above. */
export function sectionOf(where: Page, heading: string): string {
  const lines = proseOf(where).split('\n');
  const start = lines.indexOf(heading);
  if (start === -1) throw new Error(`${where.path} has no heading "${heading}"`);
  const level = heading.indexOf(' ');
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= level);
  return after.slice(0, end === -1 ? after.length : end).join('\n');
}

/** The cells of the rows of all tables whose first column has this title. */
export function tableRows(text: string, title: string): readonly (readonly string[])[] {
  const found: string[][] = [];
  let isWanted = false;
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|') ? cellsOf(line) : null;
    if (cells === null) isWanted = false;
    else if (isWanted) found.push(cells);
    else isWanted = cells[0] === title;
  }
  return found.filter(([first = '']) => !/^:?-+:?$/.test(first));
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** What stands in backticks: `` `a`, `b` `` are a and b. */
export function names(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** Schema and data of the sample application. */
export function sampleSql(): string {
  return ['schema.sql', 'demo-data.sql']
    .map((name) => readFileSync(join(repository, 'hygiene', 'sample', name), 'utf8'))
    .join('\n');
}
