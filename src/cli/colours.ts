import colors from 'picocolors';

import { plainStyle, type Style } from '../report/style.ts';
import type { GivenOptions } from './given-options.ts';
import type { Io } from './io.ts';

/** Colours on a terminal only, and never where NO_COLOR is set (whatever it says: https://no-color.org). */
export function styleFor({ isTty, variables }: Io, given: GivenOptions): Style {
  const unwanted = given.flag('no-color') || (variables['NO_COLOR'] ?? '') !== '';
  return isTty && !unwanted ? colors.createColors(true) : plainStyle;
}
