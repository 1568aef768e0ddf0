import type { TargetFacts } from './target.ts';

/** Version of all JSON documents; grows when a field is removed or changes its meaning. */
const SCHEMA_VERSION = 1;

export interface Envelope {
  readonly command: string;
  readonly outcome: string;
  readonly exitCode: number;
  readonly target: TargetFacts | null;
  readonly environment: string | null;
}

export type Fields = Readonly<Record<string, unknown>>;

/** One document per command; dates are ISO 8601, numbers beyond 2^53 are texts. */
export function jsonDocument(envelope: Envelope, fields: Fields): string {
  const { command, outcome, exitCode, target, environment } = envelope;
  const document = {
    schemaVersion: SCHEMA_VERSION,
    command,
    outcome,
    exitCode,
    target,
    environment,
    ...fields,
  };
  return JSON.stringify(document, plainValue, 2);
}

function plainValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
