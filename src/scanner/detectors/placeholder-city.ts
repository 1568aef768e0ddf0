import { phrases, plain } from '../vocabulary/words.ts';
import type { Detector } from './detector.ts';

const CITIES: readonly string[] = phrases(`
  anytown; any town; sampleville; sample city; sampletown; testville; test city; testcity; test town;
  demo city; faketown; foo; foo city; musterstadt; musterhausen; beispielstadt; teststadt; ciudad ejemplo;
  ciudad de prueba; cidade exemplo; cidade teste; villetest; ville exemple; voorbeeldstad; gotham;
  gotham city; metropolis city; smallville; hogwarts; hogsmeade; westeros; winterfell; mos eisley; test; asdf
`);
const PLACES = new Set(CITIES.map(plain));

/** Towns that are on no map. */
export const placeholderCity: Detector = {
  name: 'placeholder-city',
  family: 'contact',
  wants: ['city'],
  prefilter: { whole: CITIES },
  judge({ value }) {
    return PLACES.has(plain(value)) ? { strength: 'strong', says: 'is a town on no map' } : null;
  },
};
