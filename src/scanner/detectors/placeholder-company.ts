import { MARKERS, UNSPACED_WORDS } from '../vocabulary/marker-words.ts';
import { FAKER_SURNAMES } from '../vocabulary/faker-words.ts';
import { phrases, plain, words } from '../vocabulary/words.ts';
import type { Detector } from './detector.ts';

const FORM =
  '(?:corp|corporation|inc|incorporated|llc|ltd|limited|co|company|gmbh|ag|kg|ug|sa|s a|sas|sarl|srl|spa|s r l|s p a|bv|nv|oy|ab|as|aps|a s|sp z o o|sp z oo|ltda|me|eireli|pty|plc|group|industries|enterprises|organization|org|team|workspace|tenant|studio|studios|technologies|tech|solutions|systems|labs|holdings|international|global|as|kft|sro|s r o|pt|cv|ooo|jsc)';

/** Firms of fiction and of manuals. */
const FIRMS: readonly string[] = phrases(`
  acme; contoso; fabrikam; initech; initrode; hooli; pied piper; globex; soylent; umbrella; stark; wayne;
  dunder mifflin; dunder mifflin paper; oscorp; lexcorp; vandelay; cyberdyne; tyrell; weyland yutani;
  weyland-yutani; massive dynamic; aperture science; black mesa; wonka; los pollos hermanos; krusty krab;
  northwind; northwind traders; adventure works; tailspin toys; wingtip toys; foo; bar; foobar; foo bar; abc;
  xyz; my; your; some; any; musterfirma; muster; beispielfirma; mustermann; ромашка; рога и копыта; someorg;
  asdf
`);
const NAMED = new Set(FIRMS.map(plain));
const FIRST_WORDS = FIRMS.map((firm) => firm.split(/[ -]/)[0] ?? '');
const MARK = new Set(MARKERS);
const GENERAL = new Set(
  words(`company corp corporation inc org organization organisation tenant team workspace business firm client
    customer vendor supplier store shop account brand group llc ltd gmbh agency school clinic hotel restaurant empresa
    cliente proveedor tienda negocio organizacion compania empresa loja fornecedor societe entreprise client boutique firma
    unternehmen kunde azienda ditta cliente bedrijf winkel firma klient sklep sirket firma perusahaan toko cong ty
    компания фирма организация the a my your`),
);
/** Needs its legal form or a word for firms beside it, or it is a word like others. */
const NEEDS_FORM = new Set([
  'abc',
  'xyz',
  'my',
  'your',
  'some',
  'any',
  'stark',
  'wayne',
  'umbrella',
  'muster',
  'foo',
  'bar',
  'mustermann',
  'tyrell',
  'northwind',
  'wonka',
]);
/** Beside these a word for tests may be what the firm does: `Sample Solutions`, `Test Labs`. */
const TRADES = new Set(
  words(`industries enterprises studio studios technologies tech solutions systems labs holdings international global
    group partners`),
);
const IS_FORM = new RegExp(`^${FORM}$`);
const FORMS = new RegExp(`(?: ${FORM})+$`);

/** Whole names of firms that stand for any: `Acme Corp`, `Test Company 3`, `Musterfirma GmbH`. */
export const placeholderCompany: Detector = {
  name: 'placeholder-company',
  family: 'identity',
  wants: ['company'],
  prefilter: {
    words: [...MARKERS, ...FAKER_SURNAMES, ...FIRST_WORDS],
    pattern: UNSPACED_WORDS,
  },
  judge({ value }) {
    const text = plain(value)
      .replaceAll(/[.,"'«»()-]+/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
    const bare = text.replace(/^(?:the|pt|ооо|зао|cong ty) /, '').replace(/ \d+$/, '');
    const core = bare.replace(FORMS, '');
    const hasForm = core !== bare || text !== bare;
    if (NAMED.has(core) && (hasForm || !NEEDS_FORM.has(core))) {
      return { strength: 'strong', says: 'is a firm that stands for any' };
    }
    const parts = text.split(' ').filter((part) => !/^\d+$/.test(part) && part.length > 1);
    const isMarked = parts.some((part) => MARK.has(part));
    const isNothing = parts.every(
      (part) => MARK.has(part) || GENERAL.has(part) || IS_FORM.test(part),
    );
    if (isMarked && isNothing) {
      const strength = parts.some((part) => TRADES.has(part)) ? 'moderate' : 'strong';
      return { strength, says: 'is made of words for tests' };
    }
    return isGenerated(value) ? { strength: 'moderate', says: 'is named as generators do' } : null;
  },
};

/** `Lakin and Sons`, `Hilpert, Kuhn and Bosco`, `Swaniawski - Metz`, `Bartell Group`. */
function isGenerated(value: string): boolean {
  const names = plain(value)
    .split(/,? and |, | - |-| (?:inc|llc|group|plc|ltd)\.?$/)
    .filter((part) => part !== '' && part !== 'sons');
  const isForm = /,? and | - |-| (?:inc|llc|group|plc|ltd)\.?$/i.test(value);
  return isForm && names.some((name) => FAKER_SURNAMES.has(name));
}
