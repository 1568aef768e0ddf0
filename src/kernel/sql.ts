import { counted } from './counts.ts';
import { ColumnName, QualifiedName } from './identifiers.ts';

const SQL_BRAND: unique symbol = Symbol.for('pg-hygiene.sql') as never;

type Chunk =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: unknown };

/**
 * SQL text with its bound values. Made by {@link sql}; values never become text.
 * The brand is a global symbol, so fragments made by another loaded copy of the package are known too.
 */
export interface Sql {
  readonly [SQL_BRAND]: true;
  readonly chunks: readonly Chunk[];
}

export interface RenderedSql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Raw SQL with bound values: `` sql`created_at < ${date}` ``. Backslashes stay as they are written,
 * so a regular expression needs no second one: `` sql`email ~* '@example\.com$'` ``.
 * A nested `sql` fragment is spliced in, {@link id} and table names are quoted, everything else is bound.
 */
export function sql(strings: TemplateStringsArray, ...parts: readonly unknown[]): Sql {
  const chunks: Chunk[] = [];
  strings.raw.forEach((text, index) => {
    chunks.push({ kind: 'text', text });
    if (index < parts.length) chunks.push(...chunksOf(parts[index]));
  });
  return fragment(chunks);
}

/** Quotes a name inside {@link sql}: `` sql`${id('createdAt')} is null` ``; two names give `"a"."b"`. */
export function id(...names: readonly [string, ...string[]]): Sql {
  return rawSql(names.map((name) => new ColumnName(name).quoted).join('.'));
}

/** SQL text that is already safe: static text, or text made by this package. */
export function rawSql(text: string): Sql {
  return fragment([{ kind: 'text', text }]);
}

/** Joins fragments: `joinSql(columns, ', ')`. */
export function joinSql(fragments: readonly Sql[], separator: string): Sql {
  const chunks = fragments.flatMap((each, index) =>
    index === 0 ? each.chunks : [{ kind: 'text' as const, text: separator }, ...each.chunks],
  );
  return fragment(chunks);
}

export function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && SQL_BRAND in value;
}

/** Tables in a row: `"a"."b", "a"."c"`. */
export function nameList(names: readonly QualifiedName[]): Sql {
  return rawSql(names.map(({ quoted }) => quoted).join(', '));
}

/** The text with `$1…` placeholders and the values in their order. */
export function renderSql(statement: Sql | RenderedSql): RenderedSql {
  if (!isSql(statement)) return statement;
  const values: unknown[] = [];
  const text = statement.chunks
    .map((chunk) => (chunk.kind === 'text' ? chunk.text : `$${String(values.push(chunk.value))}`))
    .join('');
  return { text, values };
}

/** The text for people, with every bound value masked: values may be personal data. */
export function maskedSql(statement: Sql): string {
  return statement.chunks
    .map((chunk) => (chunk.kind === 'text' ? chunk.text : '?'))
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Three lines of a terminal. */
const EXCERPT_LENGTH = 260;

/** As much of it as people read: a condition may list thousands of keys. */
export function sqlExcerpt(statement: Sql): string {
  const text = maskedSql(statement);
  if (text.length <= EXCERPT_LENGTH) return text;
  const space = text.lastIndexOf(' ', EXCERPT_LENGTH);
  const shown = text.slice(0, space > 0 ? space : EXCERPT_LENGTH);
  return `${shown} … (${counted(text.length, 'character')} in all)`;
}

function fragment(chunks: readonly Chunk[]): Sql {
  return Object.freeze({ [SQL_BRAND]: true as const, chunks });
}

function chunksOf(part: unknown): readonly Chunk[] {
  if (isSql(part)) return part.chunks;
  if (part instanceof QualifiedName || part instanceof ColumnName) {
    return [{ kind: 'text', text: part.quoted }];
  }
  return [{ kind: 'value', value: part }];
}
