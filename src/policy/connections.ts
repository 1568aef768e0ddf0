import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import { fewLines } from './few-lines.ts';

/** Sessions of others in the same database that have all of this in common. */
export interface OpenConnections {
  readonly user: string;
  /** Null where the role may not see it. */
  readonly application: string | null;
  readonly address: string | null;
  readonly count: number;
}

/**
 * In the maintenance window the application is stopped: whoever is still connected is a part of it that
 * was forgotten.
 * @returns HYG_REFUSED_CONNECTIONS, or null
 */
export function checkConnections(open: readonly OpenConnections[]): HygieneError | null {
  if (open.length === 0) return null;
  const total = open.reduce((sum, { count }) => sum + count, 0);
  const lines = open.map(
    ({ user, application, address, count }) =>
      `  ${String(count)} of ${user}, ${application ?? 'unnamed'}, from ${address ?? 'this machine'}`,
  );
  return new HygieneError('HYG_REFUSED_CONNECTIONS', {
    message: [
      `${counted(total, 'other connection')} to the database, though --maintenance says that the application is stopped:`,
      ...fewLines(lines, 6, (more) => `  and ${String(more)} more`),
    ].join('\n'),
    hint: 'Nothing was changed. Stop what is still running; or, where these do no harm: --allow-connections',
    details: { open },
  });
}
