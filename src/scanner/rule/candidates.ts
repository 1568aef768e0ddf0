import { quoteIdentifier, quoteLiteral } from '../../kernel/identifiers.ts';
import type { ColumnRole } from '../column-role.ts';

/** A row that shall go, with what a condition could be made of. */
export interface DoomedRow {
  readonly key: string;
  /** In the order of the columns. */
  readonly values: readonly (string | null)[];
}

export interface RuleColumn {
  readonly name: string;
  readonly role: ColumnRole;
}

/** A condition that may say in few words which rows go. Whether it matches others too is not known yet. */
export interface Candidate {
  /** SQL on the columns of the table, for a file that people read. */
  readonly condition: string;
  /** The doomed rows that it matches. */
  readonly keys: ReadonlySet<string>;
  /** Whether it tells seed data from others for ever, and not only these rows from the others of today. */
  readonly isLasting: boolean;
}

/** Fewer rows are as well named one by one. */
const LEAST_ROWS = 2;
const LEAST_IN_SERIES = 3;

/** Conditions that cover many of the rows: a domain, a numbered series, the moment of one run. */
export function candidates(
  columns: readonly RuleColumn[],
  rows: readonly DoomedRow[],
): readonly Candidate[] {
  return columns.flatMap(({ name, role }, at) => {
    const column = quoteIdentifierPlainly(name);
    const values = rows.flatMap(({ key, values: all }) => {
      const value = all[at] ?? null;
      return value === null ? [] : [{ key, value }];
    });
    if (role === 'created-at') return groups(values, (value) => value).flatMap(momentOf(column));
    const series = groups(values, seriesPattern).flatMap(seriesOf(column));
    if (role !== 'email') return series;
    return [...groups(values, domainOf).flatMap(domainCandidate(column)), ...series];
  });
}

/** Quoted only where it has to be, as people write it. */
function quoteIdentifierPlainly(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name);
}

interface Group {
  readonly of: string;
  readonly keys: ReadonlySet<string>;
}

function groups(
  values: readonly { readonly key: string; readonly value: string }[],
  by: (value: string) => string | null,
): readonly Group[] {
  const found = new Map<string, Set<string>>();
  for (const { key, value } of values) {
    const of = by(value);
    if (of === null || !isWritable(of)) continue;
    const keys = found.get(of);
    if (keys === undefined) found.set(of, new Set([key]));
    else keys.add(key);
  }
  return [...found].map(([of, keys]) => ({ of, keys }));
}

/** It becomes part of a template literal in a source file. */
function isWritable(text: string): boolean {
  return !/[`\\\p{Cc}]|\$\{/u.test(text);
}

function domainOf(email: string): string | null {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1).toLowerCase();
  return at > 0 && domain !== '' ? domain : null;
}

function domainCandidate(column: string) {
  return ({ of, keys }: Group): readonly Candidate[] => {
    if (keys.size < LEAST_ROWS) return [];
    const condition = `lower(split_part(${column}, '@', 2)) = ${quoteLiteral(of)}`;
    return [{ condition, keys, isLasting: true }];
  };
}

/** `Demo User 17` becomes `Demo User #`; null where there is no number. */
function seriesPattern(value: string): string | null {
  const pattern = value.replaceAll(/[0-9]+/g, '#');
  return pattern === value || /^[#\W]*$/.test(pattern) ? null : pattern;
}

function seriesOf(column: string) {
  return ({ of, keys }: Group): readonly Candidate[] => {
    if (keys.size < LEAST_IN_SERIES || of.includes('##')) return [];
    const escaped = of.replaceAll(/[.*+?^${}()|[\]\\]/g, '[$&]').replaceAll('#', '[0-9]+');
    if (escaped.includes('[^]')) return [];
    const condition = `${column} ~ ${quoteLiteral(`^${escaped}$`)}`;
    return [{ condition, keys, isLasting: true }];
  };
}

function momentOf(column: string) {
  return ({ of, keys }: Group): readonly Candidate[] =>
    keys.size < LEAST_IN_SERIES
      ? []
      : [{ condition: `${column} = ${quoteLiteral(of)}`, keys, isLasting: false }];
}
