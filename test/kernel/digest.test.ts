import { describe, expect, test } from '@jest/globals';

import { normaliseText, sha256, shortDigest } from '../../src/kernel/digest.ts';

describe('the digest', () => {
  test('names its algorithm and is the one of the UTF-8 text', () => {
    expect(sha256('')).toBe(
      'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(sha256('é')).toBe(
      'sha256:4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c',
    );
  });

  test('is shortened to twelve digits, with the algorithm or without it', () => {
    expect(shortDigest(sha256(''))).toBe('e3b0c44298fc');
    expect(shortDigest('e3b0c44298fc1c149afb')).toBe('e3b0c44298fc');
  });
});

describe('the text that is hashed', () => {
  test.each([
    ['a byte order mark', '\uFEFFa\nb\n'],
    ['CRLF', 'a\r\nb\r\n'],
    ['CR alone', 'a\rb\r'],
    ['all of them', '\uFEFFa\r\nb\r'],
  ])('is the same with %s', (_what, text) => {
    expect(normaliseText(text)).toBe('a\nb\n');
  });

  test('keeps everything else, also a mark that is not at the start', () => {
    const text = 'a\uFEFFb \t\n\n\u2028c';
    expect(normaliseText(text)).toBe(text);
    expect(normaliseText('\uFEFF\uFEFFa')).toBe('\uFEFFa');
  });

  test('keeps empty lines apart: two CRs are two lines', () => {
    expect(normaliseText('a\r\r\nb')).toBe('a\n\nb');
  });
});
