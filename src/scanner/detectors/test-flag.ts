import type { Detector } from './detector.ts';

const YES = /^(?:t|true|1|y|yes)$/i;
const NO = /^(?:f|false|0|n|no)$/i;

/** Columns that say it themselves: `is_test`, `is_demo`, `livemode`, `environment`. */
export const testFlag: Detector = {
  name: 'test-flag',
  family: 'flag',
  wants: ['flag'],
  prefilter: {
    pattern:
      '^(?:t|f|true|false|[01]|y|n|yes|no|tests?|testing|demo|sandbox|seed|seeded|sample|mock|fake|dummy|dev|development|staging)$',
  },
  judge({ value, column }) {
    if (/live_?mode/.test(column)) {
      return NO.test(value) ? { strength: 'strong', says: 'says that it is not live' } : null;
    }
    if (column.includes('env')) {
      const isTest = /^(?:tests?|testing|demo|sandbox|seed)$/i.test(value);
      return isTest ? { strength: 'strong', says: 'names an environment for tests' } : null;
    }
    const isMarked =
      YES.test(value) || /^(?:tests?|demo|seed|seeded|sample|mock|fake|dummy)$/i.test(value);
    return isMarked ? { strength: 'decisive', says: 'says that it is a test' } : null;
  },
};
