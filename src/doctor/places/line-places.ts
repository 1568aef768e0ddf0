import { type Place, TAKEN_OUT } from '../place.ts';
import { isTestName } from '../seed-names.ts';

interface Line {
  readonly start: number;
  readonly text: string;
}

/** Lines, with those that a backslash continues joined to one. */
function linesOf(text: string): readonly Line[] {
  return [...text.matchAll(/(?:[^\n\\]|\\\r?\n|\\[^])+/g)].map(({ 0: line, index }) => ({
    start: index,
    text: line.replace(/\r$/, ''),
  }));
}

type Parts = Pick<Place, 'label' | 'isForTests' | 'callable'>;

function placeOf(file: string, { start, text }: Line, parts: Parts): Place {
  return {
    ...{ file, start, end: start + text.length, text, lineBreaks: 'separate', ...parts },
    ...{ instead: TAKEN_OUT, setting: null },
    written: (changed) => changed,
  };
}

/** RUN, CMD, ENTRYPOINT: in the form of a shell line or of a JSON list. */
export function dockerfilePlaces(file: string, text: string): readonly Place[] {
  return linesOf(text).flatMap(({ start, text: line }) => {
    const [lead, instruction = '', command = ''] =
      /^(\s*(?:ONBUILD\s+)?(RUN|CMD|ENTRYPOINT)\s+(?:--\S+\s+)*)([^]*)$/i
        .exec(line)
        ?.slice(0)
        .slice(1) ?? [];
    if (lead === undefined) return [];
    const label = instruction.toUpperCase();
    const parts = { label, isForTests: isTestName(file), callable: null };
    const at = { start: start + lead.length, text: command };
    const list = listOf(command);
    return [list === null ? placeOf(file, at, parts) : listPlace(file, at, { ...parts, list })];
  });
}

/** A command as a list of its words; what comes in its place is a list too. */
export function listPlace(
  file: string,
  { start, text }: Line,
  { list, ...parts }: Parts & { readonly list: readonly string[] },
): Place {
  return {
    ...placeOf(file, { start, text }, parts),
    text: list.map(quoted).join(' '),
    written: (changed) => JSON.stringify(wordsOf(changed)),
  };
}

function quoted(word: string): string {
  if (!/[\s"'\\;&|#]/.test(word)) return word;
  return word.includes("'") ? `"${word}"` : `'${word}'`;
}

function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

function listOf(command: string): readonly string[] | null {
  if (!command.trimStart().startsWith('[')) return null;
  try {
    const list: unknown = JSON.parse(command);
    return Array.isArray(list) && list.every((each) => typeof each === 'string') ? list : null;
  } catch {
    return null;
  }
}

/** The recipe lines of each target. */
export function makefilePlaces(file: string, text: string): readonly Place[] {
  let target = '';
  return linesOf(text).flatMap(({ start, text: line }) => {
    const [, name] = /^([\w.:/%-]+)\s*:(?!=)/.exec(line) ?? [];
    if (name !== undefined) target = name.replace(/:$/, '');
    const [lead] = /^\t[@+-]*\s*/.exec(line) ?? [];
    if (lead === undefined || target === '') return [];
    const parts = {
      label: `target ${target}`,
      isForTests: isTestName(target),
      callable: { kind: 'target' as const, name: target },
    };
    return [placeOf(file, { start: start + lead.length, text: line.slice(lead.length) }, parts)];
  });
}

/** `release: npm run migrate`. */
export function procfilePlaces(file: string, text: string): readonly Place[] {
  return linesOf(text).flatMap(({ start, text: line }) => {
    const [lead, name = ''] = /^([\w-]+):\s*/.exec(line) ?? [];
    if (lead === undefined) return [];
    const parts = { label: `process ${name}`, isForTests: isTestName(name), callable: null };
    return [placeOf(file, { start: start + lead.length, text: line.slice(lead.length) }, parts)];
  });
}

/** A shell script is one place: its commands are taken out one by one. */
export function shellPlaces(file: string, text: string): readonly Place[] {
  const parts = { label: 'script', isForTests: isTestName(file), callable: null };
  return [placeOf(file, { start: 0, text }, parts)];
}
