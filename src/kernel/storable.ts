/** As the Encoding Standard calls what PostgreSQL calls otherwise. */
const LABELS: Readonly<Record<string, string>> = {
  LATIN2: 'iso-8859-2',
  LATIN3: 'iso-8859-3',
  LATIN4: 'iso-8859-4',
  LATIN5: 'iso-8859-9',
  LATIN6: 'iso-8859-10',
  LATIN7: 'iso-8859-13',
  LATIN8: 'iso-8859-14',
  LATIN9: 'iso-8859-15',
  LATIN10: 'iso-8859-16',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
  WIN866: 'ibm866',
};

/**
 * Whether a database can hold a text: PostgreSQL refuses a value with a character that its encoding lacks.
 * Of encodings with several bytes to a character, other than UTF8, only ASCII is known here.
 * @param encoding its server_encoding
 */
export function storableIn(encoding: string): (text: string) => boolean {
  // SQL_ASCII takes bytes as they come.
  if (encoding === 'UTF8' || encoding === 'SQL_ASCII') return () => true;
  const known = beyondAscii(encoding);
  return (text) => Array.from(text).every((char) => char <= '\x7F' || known.has(char));
}

/** The text as the database can hold it, with a question mark for each character that it lacks. */
export function asStorable(text: string, encoding: string): string {
  const isStorable = storableIn(encoding);
  return Array.from(text, (char) => (isStorable(char) ? char : '?')).join('');
}

export function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

function beyondAscii(encoding: string): ReadonlySet<string> {
  const bytes = Uint8Array.from({ length: 128 }, (_, at) => 128 + at);
  const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  if (encoding === 'LATIN1') return new Set(latin1);
  // Under either name Node decodes as the other where it takes its short cut.
  if (encoding === 'WIN1252') return new Set(`${latin1.slice(32)}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ`);
  const label = labelOf(encoding);
  return new Set(
    label === null ? '' : new TextDecoder(label).decode(bytes).replaceAll('\uFFFD', ''),
  );
}

function labelOf(encoding: string): string | null {
  const [, windows] = /^WIN(125\d|874)$/.exec(encoding) ?? [];
  if (windows !== undefined) return `windows-${windows}`;
  const [, part] = /^ISO_8859_(\d+)$/.exec(encoding) ?? [];
  return part === undefined ? (LABELS[encoding] ?? null) : `iso-8859-${part}`;
}
