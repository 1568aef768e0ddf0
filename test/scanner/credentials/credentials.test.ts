import { describe, expect, test } from '@jest/globals';

import { systemClock } from '../../../src/kernel/ports.ts';
import {
  type Hashed,
  isHashed,
  isPassword,
} from '../../../src/scanner/credentials/check-password.ts';
import {
  DEFAULT_PASSWORDS,
  derivedPasswords,
} from '../../../src/scanner/credentials/default-passwords.ts';
import { readStored } from '../../../src/scanner/credentials/stored-password.ts';
import { type Account, tryPasswords } from '../../../src/scanner/credentials/try-passwords.ts';
import { storedForms } from './stored-forms.ts';

function hashed(stored: string): Hashed {
  const read = readStored(stored);
  if (isHashed(read)) return read;
  throw new Error(`it is taken for ${read.kind}`);
}

async function storedAs(form: string, password: string): Promise<string> {
  const stored = (await storedForms(password)).get(form);
  if (stored === undefined) throw new Error(`there is no form ${form}`);
  return stored;
}

const forms = [...(await storedForms('Passw0rd!'))];

describe('a stored password', () => {
  test.each(forms)('as %s is read, and only its own password fits', async (_, stored) => {
    const read = hashed(stored);
    expect(await isPassword(read, 'Passw0rd!')).toBe(true);
    expect(await isPassword(read, 'passw0rd!')).toBe(false);
  });

  test.each([
    ['clear', 'secret'],
    ['clear', '{noop}secret'],
    ['disabled', '!'],
    ['disabled', ''],
    ['disabled', '!u1ptBqyaVdwcyxaNgTlkPdlnTcAin5MYtncZU3A8'],
    ['broken', 'hashed_password_here'],
    ['broken', '$2b$10$abc'],
  ])('is %s: %s', (kind, stored) => {
    expect(readStored(stored).kind).toBe(kind);
  });
});

describe('the list of default passwords', () => {
  test('holds each entry once, since its number is what is printed', () => {
    expect(new Set(DEFAULT_PASSWORDS).size).toBe(DEFAULT_PASSWORDS.length);
  });

  test('is lengthened by what an account is called', () => {
    expect(derivedPasswords(['carol@dot.com', 'carol.cruz'])).toEqual(
      expect.arrayContaining(['carol', 'carol123']),
    );
  });
});

const signal = new AbortController().signal;
const limits = { clock: systemClock, signal, budgetMs: 30_000, onProgress: () => undefined };

function account(key: string, stored: string, more: Partial<Account> = {}): Account {
  return { key, stored, isAdmin: false, isSuspect: false, hints: [], ...more };
}

describe('trying passwords', () => {
  test('tells defaults, what is made of the name, what is none, and leaves the others', async () => {
    const of = (password: string): Promise<string> => storedAs('bcrypt $2b$', password);
    const { verdicts } = await tryPasswords(
      [
        account('default', await of('password123')),
        account('derived', await of('carol123'), { hints: ['carol@dot.com'], isSuspect: true }),
        account('own', await of('k7!Lw-92xQ')),
        account('clear', 'letmein'),
        account('broken', 'hashed_password'),
        account('off', '!'),
      ],
      limits,
    );
    expect(Object.fromEntries(verdicts)).toEqual({
      default: { kind: 'default', entry: 2, isClear: false },
      derived: { kind: 'derived', isClear: false },
      clear: { kind: 'default', entry: DEFAULT_PASSWORDS.indexOf('letmein') + 1, isClear: true },
      broken: { kind: 'broken' },
    });
  });

  test('tries what fits one on all others, however late it is in the list', async () => {
    const stored = await storedAs('argon2id', String(DEFAULT_PASSWORDS.at(-1)));
    const { verdicts } = await tryPasswords(
      [account('suspect', stored, { isSuspect: true }), account('other', stored)],
      limits,
    );
    expect([...verdicts.keys()]).toEqual(['suspect', 'other']);
  });

  test('ends when its time is over, and says what it has not tried', async () => {
    const stored = await storedAs('bcrypt $2b$', 'k7!Lw-92xQ');
    let now = 0;
    const clock = { ...systemClock, monotonicMs: () => (now += 10) };
    const { verdicts, notTried } = await tryPasswords(
      [account('admin', stored, { isAdmin: true }), account('other', stored)],
      { ...limits, clock, budgetMs: 200 },
    );
    expect(verdicts.size).toBe(0);
    expect(notTried.join('; ')).toMatch(
      /nothing was tried on 1 hash in the time; only the \d+ likeliest entries of the list could be tried on 1 hash/,
    );
  });

  test('ends when it is told to', async () => {
    const ended = AbortSignal.abort(new Error('stopped'));
    const stored = await storedAs('bcrypt $2b$', 'k7!Lw-92xQ');
    await expect(
      tryPasswords([account('a', stored)], { ...limits, signal: ended }),
    ).rejects.toThrow('stopped');
  });
});
