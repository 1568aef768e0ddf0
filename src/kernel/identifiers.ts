/** Names of database objects: kept as data, quoted in one place. */

const PLAIN_NAME = /^[a-z_][a-z0-9_]*$/;

/** Quotes one identifier for SQL. Every name is quoted, so reserved words and capitals need no special case. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** At most `bytes` bytes of UTF-8, without breaking a character: PostgreSQL cuts names in the same way. */
export function cutToBytes(text: string, bytes: number): string {
  let kept = '';
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > bytes) break;
    kept += character;
  }
  return kept;
}

/** Quotes a text literal for the few places that take no parameter (DDL, comments). */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** A name as people write it: quotes only where PostgreSQL demands them. */
export function displayIdentifier(name: string): string {
  return PLAIN_NAME.test(name) ? name : quoteIdentifier(name);
}

/** A table (or function, type, constraint) with its schema. */
export class QualifiedName {
  readonly schema: string;
  readonly name: string;

  constructor(schema: string, name: string) {
    this.schema = schema;
    this.name = name;
  }

  /** Quoted for SQL. */
  get quoted(): string {
    return `${quoteIdentifier(this.schema)}.${quoteIdentifier(this.name)}`;
  }

  /** For people: `users`, `billing.invoices`, `public."User"` as `"User"`. */
  toString(): string {
    const name = displayIdentifier(this.name);
    return this.schema === 'public' ? name : `${displayIdentifier(this.schema)}.${name}`;
  }

  equals(other: QualifiedName): boolean {
    return this.schema === other.schema && this.name === other.name;
  }
}

/** One column name, to be quoted when it is put into SQL. */
export class ColumnName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  get quoted(): string {
    return quoteIdentifier(this.name);
  }
}
