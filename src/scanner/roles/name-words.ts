/**
 * The words of a name, in lower case and without accents: `strEmailAddress`, `e-mail_address` and
 * `EMAIL ADDRESS` all end with `email`, `address` or the like. Scripts without capitals stay whole.
 */
export function nameWords(name: string): readonly string[] {
  return name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replaceAll('ı', 'i')
    .replaceAll('ł', 'l')
    .replaceAll('ø', 'o')
    .replaceAll('ß', 'ss')
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
}

/** Words from a text that lists them with spaces; `+` joins what may stand in a name as two words. */
export function wordList(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
