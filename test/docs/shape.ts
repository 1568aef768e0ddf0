import { expect } from '@jest/globals';

/** What differs from run to run and from machine to machine. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/^\S+:\d+\/\S+ as \S+ \(from/gm, 'TARGET (from'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME'],
  [/ {2,}(?:\S+ \/ )?\S+ {2,}[0-9a-f]{8}$/gm, '  WHO  HASH'],
  [/by {2,}hash$/gm, 'by  hash'],
  [/(?<=[( ])\d[\d.,]* m?s\b/g, 'DURATION'],
  [/\b\d[\d.]* (?:kB|MB)\b/g, 'SIZE'],
  [/hash [0-9a-f]{8}/g, 'hash HASH'],
  [/sha256:[0-9a-f]{64}/g, 'sha256:HASH'],
  [/(?<=(?:cleanup_log|bundle_\d{14}_[a-z_]+)_)\d{8}T\d{6}Z/g, 'TIME'],
  [/created {2}hygiene\/\d{14}_/g, 'created  hygiene/VERSION_'],
  [/ {2,}/g, '  '],
];

function shapeOf(text: string): string {
  return CHANGING.reduce(
    (result, [pattern, word]) => result.replaceAll(pattern, word),
    text,
  ).trim();
}

/** `…` alone on a line stands for any lines. */
export function expectShape(actual: string, shown: readonly string[]): void {
  const shape = shapeOf(actual);
  const parts = shapeOf(shown.join('\n')).split('\n');
  if (!parts.includes('…')) {
    expect(shape).toBe(parts.join('\n'));
    return;
  }
  const pattern = parts
    .map((line) => (line === '…' ? '(?:.*\n)*?' : `${escaped(line)}\n`))
    .join('');
  expect(`${shape}\n`).toMatch(new RegExp(`^${pattern}$`));
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
