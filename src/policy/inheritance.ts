import { HygieneError } from '../kernel/errors.ts';

/**
 * A table that others inherit from shows their rows as its own, but an archive of it would lose the
 * columns that only they have.
 * @returns HYG_REFUSED_INHERITED, or null
 */
export function checkInheritance(
  table: string,
  inheritors: readonly string[],
): HygieneError | null {
  if (inheritors.length === 0) return null;
  return new HygieneError('HYG_REFUSED_INHERITED', {
    message: `${table} is inherited by ${inheritors.slice(0, 5).join(', ')}: their rows would be touched through it.`,
    hint: 'Name the inheriting tables themselves, each in a step of its own.',
    details: { table, inheritors },
  });
}
