/** What stands in a column of passwords, by its form. Never printed. */
export type StoredPassword =
  | { readonly kind: 'bcrypt'; readonly hash: string; readonly prehash: 'none' | 'sha256-hex' }
  | { readonly kind: 'argon2'; readonly hash: string }
  | {
      readonly kind: 'scrypt';
      readonly salt: Buffer;
      readonly key: Buffer;
      readonly cost: ScryptCost;
    }
  | {
      readonly kind: 'pbkdf2';
      readonly algorithm: string;
      readonly iterations: number;
      readonly salt: Buffer;
      readonly key: Buffer;
    }
  | {
      readonly kind: 'digest';
      readonly algorithm: string;
      readonly salt: Buffer;
      readonly saltPlace: 'before' | 'after';
      readonly key: Buffer;
    }
  | { readonly kind: 'clear'; readonly text: string }
  /** Nobody can log in with it: `!`, `*`, an empty text. */
  | { readonly kind: 'disabled' }
  /** A hash of a kind that is not tried. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** Begins like a hash and is none. */
  | { readonly kind: 'broken' };

export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}
