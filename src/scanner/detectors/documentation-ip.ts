import type { Detector } from './detector.ts';

/** RFC 5737 and RFC 3849. */
const DOCUMENTATION = /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.|^2001:0?db8:/i;

/** Addresses that are kept free for manuals. */
export const documentationIp: Detector = {
  name: 'documentation-ip',
  family: 'network',
  wants: ['ip'],
  prefilter: {
    pattern:
      '^(?:192[.]0[.]2|198[.]51[.]100|203[.]0[.]113)[.]|^2001:0?db8:|^1[.]2[.]3[.]4|^1[.]1[.]1[.]1|^0[.]0[.]0[.]0',
  },
  judge({ value }) {
    if (DOCUMENTATION.test(value))
      return { strength: 'strong', says: 'is an address kept free for manuals (RFC 5737)' };
    return /^1\.2\.3\.4(?:\/|$)/.test(value) ? { strength: 'moderate', says: 'counts up' } : null;
  },
};
