import { HygieneError } from '../kernel/errors.ts';

export interface IdentityFacts {
  /** The environment that the database was marked as. */
  readonly environment: string;
  readonly differences: readonly IdentityDifference[];
}

export interface IdentityDifference {
  readonly field: string;
  readonly marked: string | number;
  readonly now: string | number;
}

/** Facts of a database by name; null: nobody could tell. */
export type IdentityFields = Readonly<Record<string, string | number | null>>;

/** What differs. What one of the two does not know is no difference. */
export function differingFields(
  before: IdentityFields,
  now: IdentityFields,
): readonly IdentityDifference[] {
  return Object.entries(before).flatMap(([field, marked]) => {
    const here = now[field] ?? null;
    return marked === null || here === null || marked === here
      ? []
      : [{ field, marked, now: here }];
  });
}

/**
 * A copy carries the marker along, but is another database: it must not pass for the one that was marked.
 * @returns HYG_REFUSED_IDENTITY with every field that differs, or null
 */
export function checkIdentity({ environment, differences }: IdentityFacts): HygieneError | null {
  if (differences.length === 0) return null;
  const fields = differences.map(({ field }) => field);
  const told = differences.map(({ field, marked, now }) => {
    const name = FIELD_NAMES[field] ?? field;
    return `  ${name}: ${String(marked)} when it was marked, ${String(now)} now`;
  });
  return new HygieneError('HYG_REFUSED_IDENTITY', {
    message: [
      `This is not the database that was marked ${environment}: ${explanation(fields)}.`,
      ...told,
    ].join('\n'),
    hint: `hygiene mark ${environment}   if this is the real one, under its new identity
hygiene mark staging   (or another name) if it is a copy`,
    details: { environment, differences },
  });
}

const FIELD_NAMES: Readonly<Record<string, string>> = {
  systemIdentifier: 'system identifier',
  databaseOid: 'database oid',
};

/** The likeliest reason, by the field that says most. */
function explanation(fields: readonly string[]): string {
  if (fields.includes('systemIdentifier')) {
    return 'it is in another cluster; restored from a dump, or upgraded';
  }
  if (fields.includes('databaseOid')) {
    return 'it is another database of the same cluster; probably a copy';
  }
  if (fields.includes('database')) return 'it has another name; renamed, or a copy';
  if (fields.includes('address') || fields.includes('port')) {
    return 'its server is reached elsewhere; probably a copy of the data directory, or the server has moved';
  }
  if (fields.includes('timeline')) {
    return 'a standby was promoted, or a backup was restored to an earlier point';
  }
  return 'it carries another marker';
}
