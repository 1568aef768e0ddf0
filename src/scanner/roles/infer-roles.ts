import type { ColumnRole } from '../column-role.ts';
import { type Looks, looksOf } from './content.ts';
import { nameWords } from './name-words.ts';
import { CREATED_WORDS, FLAG_WORDS, ROLE_COLUMN_WORDS, ROLE_WORDS } from './role-words.ts';
import { type TableKind, tableKind } from './table-kind.ts';

interface ColumnSample {
  readonly name: string;
  /** As PostgreSQL writes it. */
  readonly type: string;
  /** Some of its values as texts, without NULLs. */
  readonly values: readonly string[];
  readonly isKey: boolean;
  /** It is part of a foreign key. */
  readonly isReference: boolean;
}

export interface SampledTable {
  readonly name: string;
  readonly columns: readonly ColumnSample[];
}

/** What each column of a table holds; columns that hold nothing of interest are left out. */
export function inferRoles(table: SampledTable): ReadonlyMap<string, ColumnRole> {
  const roles = new Map<string, ColumnRole>();
  const kind = kindOf(table);
  for (const column of table.columns) {
    const role = roleOf(column, kind);
    if (role !== null) roles.set(column.name, role);
  }
  completeNames(table, roles);
  const created = createdColumn(table.columns);
  if (created !== null) roles.set(created.name, 'created-at');
  return roles;
}

/** Words that are a name only beside a family name; `ad` may be an advertisement. */
const SHORT_NAMES = new Set(['ad', 'adi', 'isim', 'first', 'given', 'f name']);

/** Beside one half of a name, a column called just `name` holds the other: `nome, cognome`, `name, vorname`. */
function completeNames({ columns }: SampledTable, roles: Map<string, ColumnRole>): void {
  const held = new Set(roles.values());
  const missing = held.has('family-name') ? 'given-name' : 'family-name';
  const isHalf = held.has('given-name') !== held.has('family-name');
  if (!isHalf) return;
  const whole = columns.find(({ name }) => {
    const role = roles.get(name);
    const words = nameWords(name);
    if (role === undefined) return missing === 'given-name' && SHORT_NAMES.has(words.join(' '));
    return (role === 'name' || role === 'title') && words.length === 1;
  });
  if (whole !== undefined) roles.set(whole.name, missing);
}

/** The name of a table may say nothing; then it is of people where a column of theirs is. */
function kindOf({ name, columns }: SampledTable): TableKind {
  const kind = tableKind(name);
  if (kind !== 'things') return kind;
  const isPersonal = columns.some((column) => {
    const role = byName(nameWords(column.name));
    return role === 'given-name' || role === 'family-name' || role === 'password';
  });
  return isPersonal ? 'persons' : 'things';
}

const TEXT = /^(?:character|char|varchar|text|citext|name|bpchar|"|[a-z_]+$)/;
const NO_TEXT =
  /^(?:smallint|integer|bigint|numeric|real|double|money|date|time|interval|boolean|oid|bit|inet|cidr|macaddr|uuid)/;

function roleOf(column: ColumnSample, kind: TableKind): ColumnRole | null {
  const { type, isReference, isKey } = column;
  const words = nameWords(column.name);
  if (type === 'inet' || type === 'cidr') return 'ip';
  if (type === 'uuid') return isKey && !isReference ? 'uuid' : null;
  if (isReference) return null;
  if (type === 'boolean') return flagOrRole(words);
  if (NO_TEXT.test(type)) return numberRole(words, type);
  if (!TEXT.test(type)) return null;
  return textRole(column, words, kind);
}

function flagOrRole(words: readonly string[]): ColumnRole | null {
  if (hasAny(words, FLAG_WORDS)) return 'flag';
  return hasAny(words, ROLE_COLUMN_WORDS) ? 'role' : null;
}

/** Some keep telephone numbers and cards as numbers. */
function numberRole(words: readonly string[], type: string): ColumnRole | null {
  if (!/^(?:bigint|numeric|integer)/.test(type)) return null;
  const role = byName(words);
  return role === 'phone' || role === 'card' || role === 'national-id' ? role : null;
}

function textRole(
  column: ColumnSample,
  words: readonly string[],
  kind: TableKind,
): ColumnRole | null {
  const looks = looksOf(column.values);
  const named = byName(words);
  const shown = byContent(looks, named);
  if (shown !== null) return shown;
  if (hasAny(words, ROLE_COLUMN_WORDS) && isFew(column.values)) return 'role';
  if (hasAny(words, FLAG_WORDS) && isFew(column.values)) return 'flag';
  if (named === null) return looks.prose >= 0.6 ? 'text' : null;
  return fitting(named, { looks, kind, words });
}

/** What values are, they are whatever the column is called: from which share on, and unless it is named so. */
const SHOWN: readonly (readonly [keyof Looks, ColumnRole, number, ColumnRole?])[] = [
  ['email', 'email', 0.6],
  ['hash', 'password', 0.5, 'token'],
  ['uuid', 'uuid', 0.9, 'token'],
  ['ip', 'ip', 0.8],
  ['url', 'url', 0.7],
  ['iban', 'iban', 0.7],
  ['card', 'card', 0.8, 'phone'],
];

function byContent(looks: Looks, named: ColumnRole | null): ColumnRole | null {
  for (const [look, role, from, unless] of SHOWN) {
    if (looks[look] >= from && (unless === undefined || named !== unless)) return role;
  }
  return looks.phone >= 0.8 && (named === null || named === 'name') ? 'phone' : null;
}

interface Named {
  readonly looks: Looks;
  readonly kind: TableKind;
  readonly words: readonly string[];
}

/** A name in a table of products is a title; a title of people is `Dr.`, and nothing to look at. */
function fitting(named: ColumnRole, { looks, kind, words }: Named): ColumnRole | null {
  if (named === 'title' && kind === 'persons') return null;
  if (named !== 'name' && named !== 'given-name') return named;
  const isOfPerson = words.some((word) => PERSON_WORDS.has(word));
  if (kind === 'persons' || (isOfPerson && (words.length > 1 || looks.person >= 0.9))) return named;
  return kind === 'companies' ? 'company' : 'title';
}

const PERSON_WORDS = new Set(
  `full first last given family customer client patient contact author sender recipient holder cardholder student
   employee member user completo complet lengkap receiver driver doctor owner guest buyer reviewer kundenname
   ansprechpartner person attendee passenger display cognome soyad`.split(/\s+/),
);

function byName(words: readonly string[]): ColumnRole | null {
  for (const { role, words: any, not } of ROLE_WORDS) {
    if (hasAny(words, any) && !hasAny(words, not)) return role;
  }
  return null;
}

/** Whether one of the entries stands in the name; `first+name` as two words or as one. */
function hasAny(words: readonly string[], entries: readonly string[]): boolean {
  const text = ` ${words.join(' ')} `;
  return entries.some((entry) => {
    const spaced = entry.replaceAll('+', ' ');
    return text.includes(` ${spaced} `) || text.includes(` ${entry.replaceAll('+', '')} `);
  });
}

const MOST_ROLES = 20;

function isFew(values: readonly string[]): boolean {
  return new Set(values).size <= MOST_ROLES;
}

/** The best of the columns that say when a row was made; the list of words is in order of preference. */
function createdColumn(columns: readonly ColumnSample[]): ColumnSample | null {
  const dated = columns.filter(({ type, isKey }) => !isKey && /^(?:timestamp|date)/.test(type));
  const epochs = columns.filter(
    ({ type, isReference }) => /^(?:integer|bigint)$/.test(type) && !isReference,
  );
  for (const candidates of [dated, epochs]) {
    const words = candidates === epochs ? EPOCH_WORDS : CREATED_WORDS;
    for (const word of words) {
      const found = candidates.find(({ name }) => isNamed(nameWords(name), word));
      if (found !== undefined) return found;
    }
  }
  return null;
}

const EPOCH_WORDS = CREATED_WORDS.filter((word) => /creat|ctime|joined|registered/.test(word));

function isNamed(words: readonly string[], entry: string): boolean {
  return (
    hasAny(words, [entry]) && !hasAny(words, ['updated', 'deleted', 'modified', 'birth', 'expires'])
  );
}
