import { createHash, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

import type { ScryptCost, StoredPassword } from './password-forms.ts';

const deriveWithPbkdf2 = promisify(pbkdf2);
const MEGABYTE = 2 ** 20;
/** What one trial may take at most; a hash that asks for more is left out. */
const MOST_MEMORY = 256 * MEGABYTE;
const MOST_ITERATIONS = 2_000_000;
const DEAREST_BCRYPT = 14;

/** A password that can only be tried. */
export type Hashed = Exclude<
  StoredPassword,
  { readonly kind: 'clear' | 'disabled' | 'unknown' | 'broken' }
>;

export function isHashed(stored: StoredPassword): stored is Hashed {
  return ['bcrypt', 'argon2', 'scrypt', 'pbkdf2', 'digest'].includes(stored.kind);
}

/** Microseconds that a call takes beside its rounds, in WebAssembly and in Node's thread pool. */
const WASM_CALL = 1_000;
const POOL_CALL = 100;

/** About how many microseconds one trial takes; null: more than a trial may. */
export function costOf(stored: Hashed): number | null {
  switch (stored.kind) {
    case 'digest':
      return 1;
    case 'bcrypt':
      return costOfBcrypt(stored.hash);
    case 'argon2':
      return costOfArgon2(stored.hash);
    case 'scrypt':
      return costOfScrypt(stored.cost);
    case 'pbkdf2':
      return stored.iterations > MOST_ITERATIONS ? null : POOL_CALL + stored.iterations;
  }
}

function costOfBcrypt(hash: string): number | null {
  const rounds = Number(hash.slice(4, 6));
  return rounds > DEAREST_BCRYPT ? null : WASM_CALL + 60 * 2 ** rounds;
}

function costOfArgon2(hash: string): number | null {
  const [, kilobytes = 0, passes = 0] = (/m=(\d+),t=(\d+)/.exec(hash) ?? []).map(Number);
  return kilobytes * 1024 > MOST_MEMORY ? null : WASM_CALL + kilobytes * passes;
}

function costOfScrypt({ N, r, p }: ScryptCost): number | null {
  const isSound = Number.isInteger(Math.log2(N)) && N > 1 && r > 0 && p > 0;
  return isSound && 128 * N * r <= MOST_MEMORY ? POOL_CALL + N * r * p * 0.4 : null;
}

/** Whether the password is the one that was stored. */
export async function isPassword(stored: Hashed, password: string): Promise<boolean> {
  switch (stored.kind) {
    case 'digest': {
      const { algorithm, salt, saltPlace, key } = stored;
      const parts = saltPlace === 'before' ? [salt, password] : [password, salt];
      const hash = createHash(algorithm);
      for (const part of parts) hash.update(part);
      return isSame(hash.digest(), key);
    }
    case 'pbkdf2': {
      const { salt, iterations, key, algorithm } = stored;
      return isSame(await deriveWithPbkdf2(password, salt, iterations, key.length, algorithm), key);
    }
    case 'scrypt':
      return isSame(await deriveWithScrypt(stored, password), stored.key);
    case 'bcrypt': {
      const { bcryptVerify } = await import('hash-wasm');
      const { hash, prehash } = stored;
      const given =
        prehash === 'none' ? password : createHash('sha256').update(password).digest('hex');
      // What comes after 72 bytes never counted.
      return bcryptVerify({ password: Buffer.from(given).subarray(0, 72), hash });
    }
    case 'argon2': {
      const { argon2Verify } = await import('hash-wasm');
      return argon2Verify({ password, hash: stored.hash });
    }
  }
}

function deriveWithScrypt(
  { salt, key, cost }: Extract<Hashed, { readonly kind: 'scrypt' }>,
  password: string,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(
      password,
      salt,
      key.length,
      { ...cost, maxmem: MOST_MEMORY + MEGABYTE },
      (error, derived) => {
        if (error === null) resolve(derived);
        else reject(error);
      },
    );
  });
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
