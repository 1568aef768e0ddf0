export const INT8_OID = 20;

/** PostgreSQL's `int8` as a number where that is exact, else as its text. */
export function parseInt8(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}
