import { HygieneError } from '../kernel/errors.ts';
import { fewLines } from './few-lines.ts';

export type Right = 'select' | 'insert' | 'update' | 'delete';

export interface AccessFacts {
  readonly table: string;
  /** Rights that the step needs and the role lacks. */
  readonly missing: readonly Right[];
  /** Row-level security would hide rows from this role. */
  readonly hiddenByRowSecurity: boolean;
}

/**
 * Whether the role may do what the step needs on every table it touches.
 * @returns HYG_REFUSED_RLS or HYG_REFUSED_PRIVILEGES, or null
 */
export function checkAccess(role: string, facts: readonly AccessFacts[]): HygieneError | null {
  const hidden = facts.filter((each) => each.hiddenByRowSecurity);
  if (hidden.length > 0) {
    const names = hidden.map((each) => each.table);
    const tables = [
      ...names.slice(0, 5),
      ...(names.length > 5 ? [`${String(names.length - 5)} more tables`] : []),
    ].join(', ');
    return new HygieneError('HYG_REFUSED_RLS', {
      message: `Row-level security would hide rows of ${tables} from role "${role}": counts would be wrong.`,
      hint: `Run as a role that sees all rows: the owner (without FORCE), or alter role "${role}" bypassrls;`,
      details: { role, tables: names },
    });
  }
  const lacking = facts.filter((each) => each.missing.length > 0);
  if (lacking.length === 0) return null;
  const grants = lacking.map(
    (each) => `grant ${each.missing.join(', ')} on ${each.table} to "${role}";`,
  );
  const shown = fewLines(grants, 9, (more) => `… and ${String(more)} more tables`);
  return new HygieneError('HYG_REFUSED_PRIVILEGES', {
    message: `Role "${role}" lacks rights on ${String(lacking.length)} ${lacking.length === 1 ? 'table' : 'tables'}.`,
    hint: shown.join('\n'),
    details: { role, lacking },
  });
}
