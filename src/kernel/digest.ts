import { createHash } from 'node:crypto';

/** `sha256:<hex>`: the algorithm is stored with the hash, so that it can change one day. */
export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

/** The text of a file as it is hashed: without byte order mark, with LF line ends. */
export function normaliseText(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
}

/** The first 12 hex digits, enough for a person to compare. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}
