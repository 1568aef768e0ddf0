/** What values look like, whatever their column is called. Shares are of the values that are not empty. */

const EMAIL = /^[^\s@<>"]+@[^\s@]+\.[^\s@.]{2,}$|^[^\s@<>"]+@localhost$/;
const HASH =
  /^(?:\$2[abxy]\$|\$argon2|\$scrypt\$|\$pbkdf2|pbkdf2[_:]|scrypt[:$]|argon2\$|bcrypt(?:_sha256)?\$|\$[1567]\$|\$P\$|\{(?:SSHA|SHA|bcrypt|noop|pbkdf2)\}|sha(?:1|256)\$|AQAAAA)/;
const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?:\/\d{1,3})?$/i;
const URL = /^(?:https?:)?\/\/\S+$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9 ]{11,36}$/;
const PHONE = /^(?:\+|00|\()?[\d\s().\/-]{7,24}(?:\s*(?:x|ext\.?)\s*\d+)?$/i;
const PLAIN_PHONE = /^(?:\+\d|\(\d|0\d)/;
const PROSE = /\S+\s+\S+\s+\S+\s+\S+/;
const PERSON = /^\p{L}[\p{L}.'’-]*(?: \p{L}[\p{L}.'’-]*){1,3}$/u;

function shareOf(values: readonly string[], matches: (value: string) => boolean): number {
  const filled = values.filter((value) => value.trim() !== '');
  return filled.length === 0
    ? 0
    : filled.filter((value) => matches(value.trim())).length / filled.length;
}

export interface Looks {
  readonly email: number;
  readonly hash: number;
  readonly ip: number;
  readonly url: number;
  readonly uuid: number;
  readonly iban: number;
  readonly phone: number;
  readonly card: number;
  readonly prose: number;
  readonly person: number;
}

export function looksOf(values: readonly string[]): Looks {
  const share = (pattern: RegExp): number => shareOf(values, (value) => pattern.test(value));
  return {
    email: share(EMAIL),
    hash: share(HASH),
    ip: share(IP),
    url: share(URL),
    uuid: share(UUID),
    iban: share(IBAN),
    phone: shareOf(values, (value) => PHONE.test(value) && PLAIN_PHONE.test(value)),
    card: shareOf(values, isCard),
    prose: shareOf(values, (value) => value.length > 24 && PROSE.test(value)),
    person: share(PERSON),
  };
}

function isCard(value: string): boolean {
  const digits = value.replaceAll(/[ -]/g, '');
  return /^\d{13,19}$/.test(digits) && isLuhn(digits);
}

/** The check digit of payment cards (ISO/IEC 7812-1). */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = digit * 2;
    sum += at % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
