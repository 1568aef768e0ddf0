import { plain } from '../vocabulary/words.ts';
import type { Detector } from './detector.ts';
import { placeholderName } from './placeholder-name.ts';

/** The same names where an address is made of them: `john.doe@`, `max_mustermann@`. */
export const placeholderAddressName: Detector = {
  name: 'placeholder-address-name',
  family: 'identity',
  wants: ['email'],
  prefilter: { letters: placeholderName.prefilter.letters ?? [] },
  judge(subject) {
    const local = plain(subject.value.slice(0, Math.max(0, subject.value.lastIndexOf('@'))));
    const value = local
      .replaceAll(/[._-]+/g, ' ')
      .replace(/[0-9]+$/, '')
      .trim();
    return value === '' ? null : placeholderName.judge({ ...subject, value });
  },
};
