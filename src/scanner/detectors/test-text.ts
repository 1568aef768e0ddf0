import {
  BEGINNINGS,
  COUNTED_THINGS,
  NUMBERED_THINGS,
  TEST_TEXTS,
} from '../vocabulary/test-phrases.ts';
import { plain } from '../vocabulary/words.ts';
import type { Detector, Judgement } from './detector.ts';
import { bare } from './prefilter.ts';

const TEXTS = new Set(TEST_TEXTS.map(plain));
const FIRST = new Set(BEGINNINGS.map((text) => plain(text).replaceAll(/[!,，]/g, '')));
const THINGS = new Set(NUMBERED_THINGS.map(plain));
/** Longer ones are somebody's, whatever they begin with. */
const LONGEST_SENTENCE = 160;
const NUMBERED = /^(.*?)(?:[ _-]?#?\d{1,4}|[ _-]+(?:[a-z]|one|two|three))$/;
const SEQUELS = [
  '',
  ...'a b c d e f g h i j k l m n o p q r s t u v w x y z one two three'.split(' '),
];
const WHOLE = [
  ...[...TEST_TEXTS, ...BEGINNINGS].map(bare),
  ...NUMBERED_THINGS.flatMap((thing) => SEQUELS.map((sequel) => `${thing} ${sequel}`.trim())),
];
const SENTENCES =
  /^(?:this is (?:a |an |the )?(?:test|demo|sample|dummy|example|fake|seeded|mock|placeholder)\b(?! of\b| that\b| to\b| drive| kit)|(?:test|sample|dummy|demo|seed|mock|fake) (?:message|comment|post|review|content|description|data|note|text|order|product|payment|transaction|ticket) (?:from|for|by|number|no|content|body|created)\b|(?:dummy|sample|placeholder|fake|mock) (?:text|content|data|description)\b|created by (?:the )?seed|(?:generated|inserted|added) by (?:the )?seed|seeded? (?:by|from|data)|esto es (?:una prueba|un (?:texto|mensaje|ejemplo) de)|(?:este|isto|isso) e (?:um|apenas um) teste|ceci est un (?:test|exemple|texte de)|d(?:as|ies) ist (?:ein|eine|nur ein) (?:test|beispiel)|quest[oa] e un(?:a|o)? (?:test|prova|esempio)|dit is een (?:test|voorbeeld)|to jest (?:test|przyklad)|bu bir (?:test|deneme|ornek)|это (?:тест|пример)|ini adalah (?:tes|contoh|pesan (?:tes|percobaan)))/;

/**
 * Short texts that were written to fill a field. The whole text counts: a longer one in which somebody
 * speaks of a test, a sample or a demo is somebody's.
 */
export const testText: Detector = {
  name: 'test-text',
  family: 'content',
  wants: ['text', 'title'],
  prefilter: {
    whole: WHOLE,
    pattern:
      '^[^a-z0-9]*(?:this is (?:an? |the )?(?:test|demo|sample|dummy|example|fake|seeded|mock|placeholder)|(?:test|sample|dummy|demo|seed|mock|fake|placeholder) [a-z]+ |(?:created|generated|inserted|added) by |seeded? |(?:esto|este|isto|isso|ceci|d(?:as|ies) ist|quest[oa]|dit is|to jest|bu bir|[эЭ]то|ini adalah) )',
  },
  judge({ value, role }) {
    const text = plain(value)
      .replaceAll(/^[^\p{L}\p{N}]+|[\s.!?…]+$/gu, '')
      .replaceAll(/\s+/g, ' ');
    return judgeWhole(text) ?? judgeThing(text, role === 'title');
  },
};

function judgeWhole(text: string): Judgement | null {
  if (TEXTS.has(text) || TEXTS.has(text.replace(/[ _-]*#?\d{1,4}$/, ''))) {
    return { strength: 'strong', says: 'is a text for tests' };
  }
  if (text.length <= LONGEST_SENTENCE && SENTENCES.test(text)) {
    return { strength: 'strong', says: 'says that it is a test' };
  }
  return FIRST.has(text.replaceAll(/[!,，]/g, ''))
    ? { strength: 'moderate', says: 'is what everybody writes first' }
    : null;
}

function judgeThing(text: string, isTitle: boolean): Judgement | null {
  const [, thing = ''] = NUMBERED.exec(text) ?? [];
  if (!THINGS.has(thing.trim())) return null;
  return {
    strength: isTitle && !COUNTED_THINGS.has(thing.trim()) ? 'strong' : 'moderate',
    says: 'is a thing with a number and no name',
  };
}
