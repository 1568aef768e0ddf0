import type { Detector } from './detector.ts';

/** Identifiers that a hand has typed: `11111111-1111-…`, `…-000000000001`, `deadbeef-…`. */
export const handwrittenUuid: Detector = {
  name: 'handwritten-uuid',
  family: 'content',
  wants: ['uuid'],
  prefilter: {
    pattern:
      '^(?:0{8}|1{8}|2{8}|3{8}|4{8}|5{8}|6{8}|7{8}|8{8}|9{8}|a{8}|b{8}|c{8}|d{8}|e{8}|f{8}|12345678|deadbeef|cafebabe|a1b2c3d4|[0-9a-f]0{7})-|-0{9}[0-9a-f]{3}$',
  },
  judge({ value }) {
    const hex = value.toLowerCase().replaceAll('-', '');
    const different = new Set(hex).size;
    const isTyped =
      different <= 4 ||
      /0{11}[0-9a-f]?$|0{9}[0-9a-f]{3}$/.test(hex) ||
      /^(?:12345678|deadbeef|cafebabe|a1b2c3d4)/.test(hex);
    if (!isTyped) return null;
    return {
      strength: different === 1 && hex.startsWith('0') ? 'weak' : 'strong',
      says: 'was typed by hand',
    };
  },
};
