import type { ScryptCost, StoredPassword } from './password-forms.ts';

const NODE_COST: ScryptCost = { N: 16_384, r: 8, p: 1 };
const DIGESTS: Readonly<Record<number, string>> = {
  32: 'md5',
  40: 'sha1',
  64: 'sha256',
  128: 'sha512',
};
const NOTHING = Buffer.alloc(0);

type Parser = (stored: string) => StoredPassword | null;

/** The forms, tried one after the other. */
const PARSERS: readonly Parser[] = [
  disabled,
  unwrapped,
  bcrypt,
  argon2,
  scrypt,
  pbkdf2,
  aspnet,
  ldap,
  saltedDigest,
  nodeScrypt,
  bareDigest,
  notTried,
  broken,
];

export function readStored(value: string): StoredPassword {
  const stored = value.trim();
  for (const parse of PARSERS) {
    const found = parse(stored);
    if (found !== null) return found;
  }
  return { kind: 'clear', text: value };
}

function disabled(stored: string): StoredPassword | null {
  const isOff =
    /^(?:|[!*x]+|!.*|null|none|nologin|disabled|locked|oauth\w*|google|facebook|sso)$/i.test(
      stored,
    );
  return isOff ? { kind: 'disabled' } : null;
}

/** Spring and Django name the kind before the hash. */
function unwrapped(stored: string): StoredPassword | null {
  const [, name = '', rest = ''] =
    /^\{(bcrypt|noop|argon2|scrypt|pbkdf2)\}(.*)$/s.exec(stored) ?? [];
  if (name === 'noop') return { kind: 'clear', text: rest };
  if (name !== '') return readStored(rest);
  const [, django = ''] = /^(?:bcrypt\$|argon2\$(?=argon2))(.*)$/s.exec(stored) ?? [];
  if (django === '') return null;
  return readStored(django.startsWith('$') ? django : `$${django}`);
}

function bcrypt(stored: string): StoredPassword | null {
  const [, wrapped, body = ''] =
    /^(bcrypt_sha256\$)?(\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53})$/.exec(stored) ?? [];
  if (body === '') return null;
  const hash = body.replace(/^\$2[bxy]/, '$2a');
  return { kind: 'bcrypt', hash, prehash: wrapped === undefined ? 'none' : 'sha256-hex' };
}

function argon2(stored: string): StoredPassword | null {
  const isOne =
    /^\$argon2(?:id|i|d)\$(?:v=\d+\$)?m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/.test(
      stored,
    );
  return isOne ? { kind: 'argon2', hash: stored } : null;
}

function scrypt(stored: string): StoredPassword | null {
  const werkzeug = /^scrypt:(\d+):(\d+):(\d+)\$([^$]+)\$([0-9a-f]+)$/.exec(stored);
  if (werkzeug !== null) {
    const [, N, r, p, salt = '', key = ''] = werkzeug;
    return scryptOf([N, r, p], Buffer.from(salt), Buffer.from(key, 'hex'));
  }
  const django = /^scrypt\$([^$]+)\$(\d+)\$(\d+)\$(\d+)\$([A-Za-z0-9+/=]+)$/.exec(stored);
  if (django !== null) {
    const [, salt = '', N, r, p, key = ''] = django;
    return scryptOf([N, r, p], Buffer.from(salt), Buffer.from(key, 'base64'));
  }
  const phc = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(
    stored,
  );
  if (phc === null) return null;
  const [, ln, r, p, salt = '', key = ''] = phc;
  const N = String(2 ** Number(ln));
  return scryptOf([N, r, p], Buffer.from(salt, 'base64'), Buffer.from(key, 'base64'));
}

function scryptOf(
  cost: readonly (string | undefined)[],
  salt: Buffer,
  key: Buffer,
): StoredPassword {
  const [N = 0, r = 0, p = 0] = cost.map(Number);
  return { kind: 'scrypt', salt, key, cost: { N, r, p } };
}

/** What programs for Node write themselves: `salt:key` or `key.salt` in hex, with Node's own cost. */
function nodeScrypt(stored: string): StoredPassword | null {
  const [, salt = '', key = ''] = /^([0-9a-f]{16,64}):([0-9a-f]{128})$/.exec(stored) ?? [];
  if (salt !== '') {
    return {
      kind: 'scrypt',
      salt: Buffer.from(salt),
      key: Buffer.from(key, 'hex'),
      cost: NODE_COST,
    };
  }
  const [, first = '', last = ''] = /^([0-9a-f]{128})\.([0-9a-f]{16,64})$/.exec(stored) ?? [];
  if (first === '') return null;
  return {
    kind: 'scrypt',
    salt: Buffer.from(last),
    key: Buffer.from(first, 'hex'),
    cost: NODE_COST,
  };
}

function pbkdf2(stored: string): StoredPassword | null {
  const django = /^pbkdf2_(sha\d+)\$(\d+)\$([^$]+)\$([A-Za-z0-9+/=]+)$/.exec(stored);
  if (django !== null) return pbkdf2Of(django, (salt) => Buffer.from(salt), 'base64');
  const werkzeug = /^pbkdf2:(sha\d+):(\d+)\$([^$]+)\$([0-9a-f]+)$/.exec(stored);
  if (werkzeug !== null) return pbkdf2Of(werkzeug, (salt) => Buffer.from(salt), 'hex');
  // Passlib writes a dot where others write a plus.
  const passlib = /^\$pbkdf2-(sha\d+)\$(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(
    stored.replaceAll('.', '+'),
  );
  return passlib === null
    ? null
    : pbkdf2Of(passlib, (salt) => Buffer.from(salt, 'base64'), 'base64');
}

function pbkdf2Of(
  [, algorithm = '', iterations = '', salt = '', key = '']: RegExpExecArray,
  asSalt: (text: string) => Buffer,
  encoding: 'hex' | 'base64',
): StoredPassword {
  return {
    kind: 'pbkdf2',
    algorithm,
    iterations: Number(iterations),
    salt: asSalt(salt),
    key: Buffer.from(key, encoding),
  };
}

/** ASP.NET Core Identity, version 3: a marker, the function, iterations and length of the salt, big-endian. */
function aspnet(stored: string): StoredPassword | null {
  if (!/^AQAAAA[A-Za-z0-9+/]{40,}={0,2}$/.test(stored)) return null;
  const bytes = Buffer.from(stored, 'base64');
  const algorithm = ['sha1', 'sha256', 'sha512'][bytes.readUInt32BE(1)] ?? 'sha256';
  const saltEnd = 13 + bytes.readUInt32BE(9);
  return {
    kind: 'pbkdf2',
    algorithm,
    iterations: bytes.readUInt32BE(5),
    salt: bytes.subarray(13, saltEnd),
    key: bytes.subarray(saltEnd),
  };
}

function ldap(stored: string): StoredPassword | null {
  const [, name = '', body = ''] = /^\{(S?SHA)\}([A-Za-z0-9+/=]+)$/.exec(stored) ?? [];
  if (name === '') return null;
  const bytes = Buffer.from(body, 'base64');
  const salt = name === 'SSHA' ? bytes.subarray(20) : NOTHING;
  return {
    kind: 'digest',
    algorithm: 'sha1',
    salt,
    saltPlace: 'after',
    key: bytes.subarray(0, 20),
  };
}

/** Django's old ones: `md5$salt$hex`. */
function saltedDigest(stored: string): StoredPassword | null {
  const [, algorithm = '', salt = '', key = ''] =
    /^(md5|sha1|sha256)\$([^$]*)\$([0-9a-f]+)$/.exec(stored) ?? [];
  if (algorithm === '') return null;
  const bytes = Buffer.from(key, 'hex');
  return { kind: 'digest', algorithm, salt: Buffer.from(salt), saltPlace: 'before', key: bytes };
}

function bareDigest(stored: string): StoredPassword | null {
  const algorithm = /^[0-9a-f]+$/i.test(stored) ? DIGESTS[stored.length] : undefined;
  if (algorithm === undefined) return null;
  return {
    kind: 'digest',
    algorithm,
    salt: NOTHING,
    saltPlace: 'before',
    key: Buffer.from(stored, 'hex'),
  };
}

function notTried(stored: string): StoredPassword | null {
  const [, name = ''] =
    /^\$(1|5|6|7|P|H|y|gy|apr1|sha1)\$[./A-Za-z0-9]+\$?[./A-Za-z0-9$]{16,}$/.exec(stored) ?? [];
  return name === '' ? null : { kind: 'unknown', name: `$${name}$` };
}

function broken(stored: string): StoredPassword | null {
  const isLike =
    /^\$(?:2[abxy]?|argon2\w*|scrypt|pbkdf2)\$|^(?:pbkdf2_|scrypt:|AQAAAA)/.test(stored) ||
    /hash(?:ed)?[_ -]?(?:password|pw|here|value)|(?:password|pw)[_ -]?hash(?:ed)?|^<.*hash.*>$|^(?:hashed|encrypted|placeholder)\w*$/i.test(
      stored,
    );
  return isLike ? { kind: 'broken' } : null;
}
