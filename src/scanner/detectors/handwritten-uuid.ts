import type { Detector } from './detector.ts';

const TYPED =
  '^(?:0{8}|1{8}|2{8}|3{8}|4{8}|5{8}|6{8}|7{8}|8{8}|9{8}|a{8}|b{8}|c{8}|d{8}|e{8}|f{8}|12345678|deadbeef|cafebabe|a1b2c3d4|[0-9a-f]0{7})-|-0{9}[0-9a-f]{3}$';
const PATTERN = new RegExp(TYPED, 'i');
/** Stands for none in many applications. */
const NIL = /^[0-]+$/;

/** Identifiers that a hand has typed: `11111111-1111-…`, `…-000000000001`, `deadbeef-…`. */
export const handwrittenUuid: Detector = {
  name: 'handwritten-uuid',
  family: 'content',
  wants: ['uuid'],
  prefilter: { pattern: TYPED },
  judge({ value }) {
    if (!PATTERN.test(value)) return null;
    return { strength: NIL.test(value) ? 'weak' : 'strong', says: 'was typed by hand' };
  },
};
