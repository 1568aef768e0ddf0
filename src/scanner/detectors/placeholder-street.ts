import { words, anyOf, plain } from '../vocabulary/words.ts';
import type { Detector, Judgement } from './detector.ts';

/** `123 Main St`: a number that counts up, and a street that every town has. */
const COUNTING =
  /^(?:12|123|1234|12345|234|321|345|456|567|678|789|890|987|654|100|101|111|222|333|555|999)$/;
const EVERYWHERE = new Set(
  words(`main oak elm pine maple cedar park first 1st second 2nd high broadway washington walnut cherry birch spruce
    lake hill sunset church market spring river street any fake test sample example demo`),
);
const STREET =
  /^(?:st|street|ave|avenue|rd|road|dr|drive|ln|lane|blvd|boulevard|way|ct|court|pl|place)$/;

const SURE = [
  /\b(?:742|744) evergreen (?:terrace|tce)\b/,
  /\bcalle falsa\b/,
  /\b(?:musterstra(?:ss|ß)e|musterstr|beispielstra(?:ss|ß)e|beispielweg|teststra(?:ss|ß)e|teststr)\b/,
  /\b(?:calle|avenida|av) (?:ejemplo|prueba|siempre ?viva)\b/,
  /\b(?:rua|avenida|av) (?:exemplo|teste|de teste)\b/,
  /\brue (?:de l.)?(?:exemple|essai|du test)\b/,
  /\bvia (?:esempio|prova|di prova)\b/,
  /\bul(?:\.|ica)? (?:przykladowa|testowa)\b/,
  /\b(?:voorbeeldstraat|teststraat|testgatan|exempelgatan|eksempelveien|testveien|eksempelvej|testikatu|esimerkkikatu)\b/,
  /\b(?:jalan|jl\.?) (?:contoh|testing|percobaan)\b/,
  /\b(?:ornek|deneme|test) (?:mah|mahallesi|sok|sokak|cad|caddesi)\b/,
  /\b(?:test|example|fake|dummy|foo|placeholder|any) (?:st|street|ave|avenue|rd|road|lane|ln|address|blvd|drive)\b/,
  /\b(?:anytown|any town|sampleville|testville|sample city|test city|faketown)\b/,
  /^(?:test|address|street address|your address|test address|n\/?a test|asdf\w*|qwerty|foo|foobar|abc|xxx+)$/,
  /\b(?:duong|pho) abc\b/,
  /(?:某某路|测试路|测试街|テスト町)/,
];
const DOUBTFUL = [
  /\b(?:sample|demo) (?:st|street|ave|avenue|rd|road|lane|ln|drive)\b/,
  /\bmuster(?:weg|gasse|platz)\b/,
  /\b221b baker st/,
  /\b1600 (?:pennsylvania ave|amphitheatre p)/,
  /\b(?:1 infinite loop|1 hacker way|350 fifth ave|4 privet drive)/,
  /\brua das flores,? (?:n\S* ?)?(?:123|100|1)\b/,
  /\b123 \p{L}+ (?:st|street|ave|avenue|rd|road|lane|ln)\b/u,
  /\b(?:123|1234) (?:rue|rua|via|calle)\b/,
  /\b(?:calle|rua|rue|via|hauptstrasse|av\.?|avenida) .{0,24}\b(?:123|1234|12345)\b/,
];

export const placeholderStreet: Detector = {
  name: 'placeholder-street',
  family: 'contact',
  wants: ['address'],
  prefilter: {
    pattern: `^${anyOf(['12', '123', '1234', '12345', '234', '321', '345', '456', '567', '678', '789', '890', '987', '654', '100', '101', '111', '222', '333', '555', '999', '742', '744', '221', '1600', '1 infinite', '1 hacker', '350 ', '4 privet'])} ?|falsa|muster|beispiel|test|ejemplo|prueba|viva|exempl|teste|essai|esempio|prova|przyk|voorbeeld|eksempel|esimerkki|contoh|percobaan|[öo]rnek|deneme|example|sample|demo|fake|dummy|foo|placeholder|any ?|asdf|qwerty|abc|xxx|address|某某|测试|テスト|rua das flores|[^0-9](?:123|1234|12345)$|[^0-9](?:123|1234|12345)[^0-9]`,
  },
  judge({ value }) {
    const text = plain(value)
      .replaceAll(/[,;\n]+/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
    if (SURE.some((pattern) => pattern.test(text))) {
      return { strength: 'strong', says: 'is a street that stands for any' };
    }
    const counting = countingStreet(text);
    if (counting !== null) return counting;
    return DOUBTFUL.some((pattern) => pattern.test(text))
      ? { strength: 'moderate', says: 'is an address that often stands for any' }
      : null;
  },
};

/** Thousands live at 456 Oak Street; 123 Main Street is what people write who live nowhere. */
function countingStreet(text: string): Judgement | null {
  const [number = '', name = '', kind = ''] = text.split(' ');
  const isStreet = EVERYWHERE.has(name) && STREET.test(kind.replace('.', ''));
  if (!isStreet || !COUNTING.test(number)) return null;
  const strength = number === '123' && name === 'main' ? 'strong' : 'moderate';
  return { strength, says: 'is a number that counts up in a street that every town has' };
}
