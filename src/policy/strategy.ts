import { HygieneError } from '../kernel/errors.ts';
import type { Strategy, StrategyChoice } from '../planner/strategy.ts';

/**
 * Whether the strategy that somebody asked for is possible here.
 * @returns HYG_REFUSED_STRATEGY, or null
 */
export function checkStrategy(
  step: string,
  asked: Strategy | null,
  { options }: StrategyChoice,
): HygieneError | null {
  const option = options.find(({ strategy }) => strategy === asked);
  if (option === undefined || option.obstacle === null) return null;
  const possible = options.filter(({ obstacle }) => obstacle === null);
  return new HygieneError('HYG_REFUSED_STRATEGY', {
    message: `${step}: ${option.strategy} is not possible: ${option.obstacle}.`,
    hint: `Possible: ${possible.map(({ strategy }) => strategy).join(', ')}. Without --strategy the cheapest is taken.`,
    details: { strategy: option.strategy, obstacle: option.obstacle },
  });
}
