import { HygieneError } from '../kernel/errors.ts';

/**
 * A digest was the head of the ledger once, so its event must still be there as it was.
 * @returns HYG_INTEGRITY_DIGEST, or null
 */
export function checkDigest(
  digest: { readonly seq: number; readonly hash: string },
  ledger: { readonly found: string | null; readonly headSeq: number },
): HygieneError | null {
  const { seq, hash } = digest;
  if (seq === 0 || ledger.found === hash) return null;
  const isCut = ledger.found === null;
  return new HygieneError('HYG_INTEGRITY_DIGEST', {
    message: isCut
      ? `The digest was taken at event ${String(seq)}, but the ledger ends at ${String(ledger.headSeq)}: it was truncated, or the database was restored to an earlier point.`
      : `Event ${String(seq)} has another hash than the digest says: the ledger was rewritten, or the digest is of another one.`,
    hint: 'Ask before anything else runs. Compare with older digests to find out since when.',
    details: { seq, hash, found: ledger.found, headSeq: ledger.headSeq },
  });
}
