import type { Detector } from './detector.ts';

const PUBLISHED =
  /^(?:sk_test|pk_test|rk_test|whsec_test|tok_(?:visa|mastercard|amex|test)|pm_card_|card_test|src_test|cus_test|sub_test|ch_test|pi_test|price_test|prod_test|seti_test|acct_test|evt_test|txn_test|in_test|test_|demo_|fake_|mock_|dummy_|sample_|seed_)/i;
const WORDS =
  /^(?:test|demo|fake|dummy|mock|sample|seed|example|placeholder|your|my)[-_ ]?(?:api[-_ ]?)?(?:token|key|secret|id|customer|session|ref|reference|payment|txn|transaction|hash)?[-_ ]?\d*$|^(?:token|session|secret|key|ref|txn|transaction|payment|customer|cus|sub|ch|pi|pay|sess|tok)[-_]?(?:test|demo|fake|mock|seed|dummy)?[-_]?0*\d{1,4}$|(?:^|[-_])(?:test|demo|fake|mock|seed|dummy)[-_]?\d{0,4}$|^(?:xxx+|abc123|changeme|secret|token|foo|bar|asdf\w*|abcdef(?:123456)?|1234567890|123456|abcd1234|deadbeef|cafebabe)$/i;

/** Secrets and references that no provider gave out: `cus_test_1`, `fake-token`, `token123`. */
export const testToken: Detector = {
  name: 'test-token',
  family: 'payment',
  wants: ['token'],
  prefilter: {
    pattern:
      'test|demo|fake|dummy|mock|sample|seed|example|placeholder|^your|^my|xxx|abc|changeme|secret|^foo|^bar|asdf|12345|deadbeef|cafebabe|card_|tok_|^(?:token|session|secret|key|ref|txn|transaction|payment|customer|cus|sub|ch|pi|pay|sess|tok)[-_]?0*[0-9]{1,4}$',
  },
  judge({ value }) {
    if (PUBLISHED.test(value)) return { strength: 'strong', says: 'is a token for tests' };
    return WORDS.test(value)
      ? { strength: 'strong', says: 'is a token that nobody gave out' }
      : null;
  },
};
