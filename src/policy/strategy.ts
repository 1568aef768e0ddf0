import { HygieneError } from '../kernel/errors.ts';
import type { Strategy, StrategyChoice } from '../planner/strategy.ts';
import { fewLines } from './few-lines.ts';

/**
 * Whether the strategy that somebody asked for is possible here.
 * @returns HYG_REFUSED_STRATEGY, HYG_REFUSED_PRIVILEGES where it only takes a GRANT, or null
 */
export function checkStrategy(
  step: string,
  { asked, role }: { readonly asked: Strategy | null; readonly role: string },
  { options, foreignOwners }: StrategyChoice,
): HygieneError | null {
  const option = options.find(({ strategy }) => strategy === asked);
  if (option === undefined || option.obstacle === null) return null;
  const possible = options.filter(({ obstacle }) => obstacle === null);
  const message = `${step}: ${option.strategy} is not possible: ${option.obstacle}.`;
  const hint = `Possible: ${possible.map(({ strategy }) => strategy).join(', ')}. Without --strategy the cheapest is taken.`;
  const details = { strategy: option.strategy, obstacle: option.obstacle };
  if (foreignOwners.length === 0) {
    return new HygieneError('HYG_REFUSED_STRATEGY', { message, hint, details });
  }
  const grants = foreignOwners.map((owner) => `grant "${owner}" to "${role}";`);
  return new HygieneError('HYG_REFUSED_PRIVILEGES', {
    message,
    hint: [...fewLines(grants, 6, (more) => `… and ${String(more)} more roles`), hint].join('\n'),
    details: { ...details, role, owners: foreignOwners },
  });
}
