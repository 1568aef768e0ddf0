/** What an event holds as JSON was written by whatever release made it; nothing of it is sure to be there. */
export function textFact(
  facts: Readonly<Record<string, unknown>> | null | undefined,
  name: string,
): string | null {
  const value = facts?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
