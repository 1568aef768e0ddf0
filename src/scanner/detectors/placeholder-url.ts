import { isReservedDomain } from '../vocabulary/reserved-domains.ts';
import type { Detector } from './detector.ts';

const IMAGES =
  /(?:^|\.)(?:via\.placeholder\.com|placeholder\.com|placehold\.(?:it|co|jp)|placekitten\.com|placebear\.com|fillmurray\.com|placeimg\.com|lorempixel\.com|loremflickr\.com|dummyimage\.com|picsum\.photos|fakeimg\.pl|i\.pravatar\.cc|pravatar\.cc|randomuser\.me|uifaces\.co|robohash\.org|cloudflare-ipfs\.com|fakestoreapi\.com|dummyjson\.com)$/i;
const DOUBTFUL =
  /(?:^|\.)(?:api\.dicebear\.com|avatars\.dicebear\.com|dicebear\.com|source\.unsplash\.com|ui-avatars\.com|api\.multiavatar\.com|example-cdn\.com)$/i;
const NOWHERE =
  /^(?:www\.)?(?:foo|bar|foobar|test|demo|yoursite|mysite|yourwebsite|domain|yourdomain|website|sample|acme|fake|placeholder|cdn\.fakercloud)\.(?:com|org|net|io)$/i;

/** Links that lead nowhere, and pictures of services that hand out any. */
export const placeholderUrl: Detector = {
  name: 'placeholder-url',
  family: 'network',
  wants: ['url'],
  prefilter: {
    pattern:
      'example|localhost|[.]test|[.]invalid|place|fillmurray|lorem|dummy|picsum|fake|pravatar|randomuser|uifaces|robohash|dicebear|unsplash|ui-avatars|multiavatar|cloudflare-ipfs|//(?:www[.])?(?:foo|bar|foobar|test|demo|yoursite|mysite|yourwebsite|domain|yourdomain|website|sample|acme)[.]|^(?:www[.])?(?:foo|test|demo|acme|sample)[.]',
  },
  judge({ value }) {
    if (!/^\S*[./]\S*$/.test(value)) return null;
    const [, host = '', path = ''] =
      /^(?:[a-z]+:)?(?:\/\/)?([^/:?#\s]+)[^/]*(\/.*)?$/i.exec(value) ?? [];
    if (isReservedDomain(host))
      return { strength: 'strong', says: 'leads to a domain reserved for examples (RFC 2606)' };
    if (IMAGES.test(host) || path.includes('uifaces'))
      return { strength: 'strong', says: 'shows a picture that stands for any' };
    if (NOWHERE.test(host))
      return { strength: 'strong', says: 'leads to a domain that stands for any' };
    return DOUBTFUL.test(host) ? { strength: 'weak', says: 'shows a generated picture' } : null;
  },
};
