const SHOWN_STARS = 3;

/**
 * A value so that its shape can be seen and the person cannot: of each word or number the first character.
 * `demo17@example.com` becomes `d***@e***.c**`.
 */
export function maskedValue(value: string): string {
  return value.replaceAll(
    /[\p{L}\p{N}]+/gu,
    (word) => word.slice(0, 1) + '*'.repeat(Math.min(SHOWN_STARS, word.length - 1)),
  );
}
