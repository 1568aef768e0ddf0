import { describe, expect, test } from '@jest/globals';

import { asStorable, isAscii, storableIn } from '../../src/kernel/storable.ts';

describe('what a database can hold', () => {
  test.each([
    ['UTF8', 'ж…ß語', true],
    ['SQL_ASCII', 'ж…ß語', true],
    ['LATIN1', 'ßé¡', true],
    ['LATIN1', '…', false],
    ['LATIN1', 'ı', false],
    ['LATIN5', 'ı', true],
    ['WIN1252', '…', true],
    ['WIN1251', 'ж', true],
    ['WIN1251', 'ß', false],
    ['ISO_8859_5', 'ж', true],
    ['EUC_JP', 'abc', true],
    ['EUC_JP', '語', false],
  ])('in %s is "%s": %s', (encoding, text, expected) => {
    expect(storableIn(encoding)(text)).toBe(expected);
  });
});

test('a text loses only what the database lacks', () => {
  expect(asStorable('Köche → 😀 …', 'LATIN1')).toBe('Köche ? ? ?');
  expect(asStorable('Köche → 😀 …', 'UTF8')).toBe('Köche → 😀 …');
});

test('ASCII is in all of them', () => {
  expect([isAscii('a-z ~\n'), isAscii('ä')]).toEqual([true, false]);
});
