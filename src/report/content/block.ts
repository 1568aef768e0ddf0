import { grouped } from '../../kernel/counts.ts';

/** How something is meant; a page shows it by colour and by a word, never by colour alone. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet';

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  /** A place in the same site. */
  readonly href?: string;
  /** Set like code: names, hashes, commands. */
  readonly code?: boolean;
}

/** What stands in one place: plain words, or words with a meaning. */
export type Cell = string | Span;

export interface BlockColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Rows of one table before a cleanup, those it removed, and those left. */
export interface RowsOfTable {
  readonly table: string;
  /** Null where nobody counted, as for a plan that does not need it; then `after` is null too. */
  readonly before: number | null;
  readonly removed: number;
  readonly changed: number;
  readonly after: number | null;
  /** False: by the size of the table. */
  readonly counted: boolean;
}

export interface Moment {
  readonly at: Date;
  readonly title: Cell;
  readonly text: string;
  readonly tone?: Tone;
}

/** A part of a report, in no form yet: HTML, Markdown and JSON are made from it. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: Cell }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [string, Cell])[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly BlockColumn[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | { readonly kind: 'rows'; readonly tables: readonly RowsOfTable[] }
  | { readonly kind: 'list'; readonly items: readonly Cell[] }
  | { readonly kind: 'timeline'; readonly moments: readonly Moment[] }
  | { readonly kind: 'code'; readonly text: string };

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export function paragraph(text: Cell): Block {
  return { kind: 'paragraph', text };
}

export function code(text: string): Span {
  return { text, code: true };
}

/** `about 1,200`; a dash where nobody counted. */
export function extentWords(rows: number | null, counted: boolean): string {
  if (rows === null) return '–';
  return `${counted ? '' : 'about '}${grouped(rows)}`;
}
