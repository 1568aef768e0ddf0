import { createHash, pbkdf2Sync, scryptSync } from 'node:crypto';

import { argon2d, argon2i, argon2id, bcrypt } from 'hash-wasm';

const SALT = Buffer.from('0123456789abcdef');

/** How applications keep a password, each by its name. */
export async function storedForms(password: string): Promise<ReadonlyMap<string, string>> {
  const sha = (algorithm: string, text: string): string =>
    createHash(algorithm).update(text).digest('hex');
  const pbkdf2 = (length: number, algorithm: string): Buffer =>
    pbkdf2Sync(password, SALT, 500, length, algorithm);
  const bcrypted = await bcrypt({
    password,
    salt: SALT,
    costFactor: 4,
    outputType: 'encoded',
  });
  const argon = {
    password,
    salt: SALT,
    iterations: 2,
    parallelism: 1,
    memorySize: 64,
    hashLength: 32,
    outputType: 'encoded',
  } as const;
  const aspnet = Buffer.alloc(13);
  aspnet[0] = 1;
  aspnet.writeUInt32BE(1, 1);
  aspnet.writeUInt32BE(500, 5);
  aspnet.writeUInt32BE(16, 9);
  const salt = SALT.toString();
  return new Map([
    ['bcrypt $2b$', bcrypted.replace(/^\$2.\$/, '$2b$')],
    ['bcrypt $2a$', bcrypted.replace(/^\$2.\$/, '$2a$')],
    ['bcrypt $2y$', bcrypted.replace(/^\$2.\$/, '$2y$')],
    ['bcrypt of Spring', `{bcrypt}${bcrypted}`],
    ['argon2id', await argon2id(argon)],
    ['argon2i', await argon2i(argon)],
    ['argon2d', await argon2d(argon)],
    ['argon2 of Django', `argon2${await argon2id(argon)}`],
    ['PBKDF2 of Django', `pbkdf2_sha256$500$${salt}$${pbkdf2(32, 'sha256').toString('base64')}`],
    ['PBKDF2 of Werkzeug', `pbkdf2:sha256:500$${salt}$${pbkdf2(32, 'sha256').toString('hex')}`],
    [
      'scrypt of Werkzeug',
      `scrypt:1024:8:1$${salt}$${scryptSync(password, SALT, 64, { N: 1024, r: 8, p: 1 }).toString('hex')}`,
    ],
    [
      'PBKDF2 of ASP.NET Identity',
      Buffer.concat([aspnet, SALT, pbkdf2(32, 'sha256')]).toString('base64'),
    ],
    ['MD5', sha('md5', password)],
    ['SHA-1', sha('sha1', password)],
    ['SHA-256', sha('sha256', password)],
    ['SHA-512', sha('sha512', password)],
    ['SHA-1 of LDAP', `{SHA}${createHash('sha1').update(password).digest('base64')}`],
    [
      'salted SHA-1 of LDAP',
      `{SSHA}${Buffer.concat([createHash('sha1').update(password).update(SALT).digest(), SALT]).toString('base64')}`,
    ],
  ]);
}
