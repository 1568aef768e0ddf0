import { type Place, REFUSED, TAKEN_OUT } from '../place.ts';
import { isSeedName, isTestName } from '../seed-names.ts';

interface JsonText {
  readonly path: readonly string[];
  readonly value: string;
  /** Quotes included. */
  readonly start: number;
  readonly end: number;
}

/** Scripts of a package.json (or Heroku's app.json), and the seed command of Prisma. */
export function jsonPlaces(file: string, text: string): readonly Place[] {
  return jsonTexts(text).flatMap(({ path, value, start, end }) => {
    const [section = '', name = '', ...more] = path;
    if (more.length > 0) return [];
    const common = {
      ...{ file, start, end, text: value, lineBreaks: 'separate' as const },
      written: (changed: string) => JSON.stringify(changed),
    };
    if (section === 'scripts') return [{ ...common, ...scriptParts(name) }];
    return section === 'prisma' && name === 'seed' ? [{ ...common, ...PRISMA }] : [];
  });
}

type Parts = Pick<Place, 'label' | 'isForTests' | 'instead' | 'setting' | 'callable'>;

const PRISMA: Parts = {
  label: 'prisma.seed',
  isForTests: false,
  instead: REFUSED,
  setting: 'prisma',
  callable: null,
};

function scriptParts(name: string): Parts {
  return {
    label: `script "${name}"`,
    isForTests: isTestName(name.replace(/^(?:pre|post)(?=[a-z])/, '')),
    instead: isSeedName(name) ? REFUSED : TAKEN_OUT,
    setting: null,
    callable: { kind: 'script', name },
  };
}

interface Level {
  readonly isObject: boolean;
  /** Of the value that comes next. */
  key: string;
  expectsKey: boolean;
}

/** Every text value of a JSON document, with its place. Stops where the text is no JSON. */
function jsonTexts(text: string): readonly JsonText[] {
  const texts: JsonText[] = [];
  const levels: Level[] = [];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      levels.push({ isObject: token === '{', key: '', expectsKey: token === '{' });
    } else if (token === '}' || token === ']') {
      levels.pop();
    } else if (token === ',' && level !== undefined) {
      level.expectsKey = level.isObject;
    } else if (token.startsWith('"') && level !== undefined) {
      takeText({ level, levels, texts }, token, index);
    }
  }
  return texts;
}

function takeText(
  { level, levels, texts }: { level: Level; levels: readonly Level[]; texts: JsonText[] },
  token: string,
  start: number,
): void {
  const value = parsed(token);
  if (level.expectsKey) {
    level.key = value;
    level.expectsKey = false;
    return;
  }
  texts.push({ path: levels.map(({ key }) => key), value, start, end: start + token.length });
}

function parsed(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return '';
  }
}
