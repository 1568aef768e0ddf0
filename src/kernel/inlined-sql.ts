import { quoteLiteral } from './identifiers.ts';
import type { Sql } from './sql.ts';

/**
 * The text with every bound value written out, for definitions: DDL takes no parameters. A value becomes
 * an untyped literal, so PostgreSQL infers its type from its surroundings, as it does for a parameter.
 */
export function inlinedSql(statement: Sql): string {
  return statement.chunks
    .map((chunk) => (chunk.kind === 'text' ? chunk.text : literal(chunk.value)))
    .join('');
}

function literal(value: unknown): string {
  const text = asText(value);
  return text === null ? 'null' : quoteLiteral(text);
}

/** As the driver would send it. */
function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return `{${value.map(arrayElement).join(',')}}`;
  if (typeof value === 'string' || typeof value === 'number') return `${value}`;
  if (typeof value === 'boolean' || typeof value === 'bigint') return value.toString();
  return JSON.stringify(value);
}

function arrayElement(value: unknown): string {
  if (Array.isArray(value)) return asText(value) ?? '';
  const text = asText(value);
  return text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
