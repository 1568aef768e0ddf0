import { type Edit, edited } from './edits.ts';
import { TAKEN_OUT } from './place.ts';
import { type Knowledge, type Seeding, seedingOf } from './seed-commands.ts';
import { type LineBreaks, type Segment, segmentsOf, type Word } from './shell-commands.ts';

interface FoundSeeding extends Seeding {
  /** In the command's text. */
  readonly offset: number;
}

export interface CommandReading {
  readonly found: readonly FoundSeeding[];
  /** Nothing else is done, but for setting it up. */
  readonly isWhole: boolean;
  /** The command with the seeding taken out. What is for tests stays. */
  readonly rest: string;
}

interface Step {
  readonly segment: Segment;
  readonly found: readonly FoundSeeding[];
  readonly isWhole: boolean;
  /** Where only a part of the step seeds. */
  readonly edits: readonly Edit[];
}

const SETS_UP = /^(?:cd|set|true|:|exit|export|wait)$/;
const KEYWORDS = new Set('then do else if elif while until ! { ('.split(' '));

/**
 * Reads one command, or a script of several.
 * @param keep says which seeding shall stay where it is, though it is told
 */
export function readCommand(
  text: string,
  knowledge: Knowledge,
  options: { readonly lineBreaks: LineBreaks; readonly keep?: (seeding: Seeding) => boolean },
): CommandReading {
  const { lineBreaks, keep = () => false } = options;
  const steps = segmentsOf(text, lineBreaks).map((segment) =>
    readStep(segment, text, { knowledge, lineBreaks, keep }),
  );
  const working = steps.filter(({ segment }) => !SETS_UP.test(segment.words[0]?.text ?? ''));
  return {
    found: steps.flatMap(({ found }) => found),
    isWhole: working.length > 0 && working.every(({ isWhole }) => isWhole),
    rest: edited(text, chainsOf(steps).flatMap(chainEdits)),
  };
}

interface Reading {
  readonly knowledge: Knowledge;
  readonly lineBreaks: LineBreaks;
  readonly keep: (seeding: Seeding) => boolean;
}

function readStep(segment: Segment, text: string, reading: Reading): Step {
  const inner = innerScript(segment.words);
  if (inner !== null)
    return readInner(segment, text.slice(inner.start, inner.end), { ...reading, at: inner.start });
  const seeding = seedingOf(segment.words, reading.knowledge);
  if (seeding === null) return { segment, found: [], isWhole: false, edits: [] };
  const found = [{ ...seeding, offset: segment.start }];
  const stays = seeding.isForTests || reading.keep(seeding);
  if (stays) return { segment, found, isWhole: false, edits: [] };
  if (seeding.word === null) return { segment, found, isWhole: true, edits: [] };
  return { segment, found, isWhole: false, edits: [withSpaceBefore(seeding.word, text)] };
}

/** `sh -c "…"`: what is in the quotes is a script of its own. */
function innerScript(words: readonly Word[]): { start: number; end: number } | null {
  const at = words.findIndex(
    ({ text }, index) =>
      /^-[a-z]*c$/.test(text) && /(?:^|\/)(?:ba|z|a)?sh$/.test(words[index - 1]?.text ?? ''),
  );
  const script = words[at + 1];
  if (at === -1 || script === undefined || script.quote === null || script.text.includes('\\'))
    return null;
  return { start: script.start + 1, end: script.end - 1 };
}

function readInner(
  segment: Segment,
  script: string,
  { at, ...reading }: Reading & { at: number },
): Step {
  const inner = readCommand(script, reading.knowledge, reading);
  const found = inner.found.map((each) => ({ ...each, offset: each.offset + at }));
  const edits =
    inner.rest === script ? [] : [{ start: at, end: at + script.length, text: inner.rest }];
  return { segment, found, isWhole: inner.isWhole, edits: inner.isWhole ? [] : edits };
}

function withSpaceBefore({ start, end }: Word, text: string): Edit {
  const before = text.slice(0, start).trimEnd().length;
  return { start: before, end, text: '' };
}

/** Steps that are joined by `&&`: one fails, the rest is left out. */
function chainsOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const chains: Step[][] = [];
  for (const step of steps) {
    if (step.segment.before === '&&') chains.at(-1)?.push(step);
    else chains.push([step]);
  }
  return chains;
}

function chainEdits(chain: readonly Step[]): readonly Edit[] {
  const [first, last] = [chain[0], chain.at(-1)];
  if (first === undefined || last === undefined) return [];
  if (chain.every(({ isWhole }) => isWhole)) {
    return [{ start: startOf(first.segment), end: last.segment.end, text: TAKEN_OUT }];
  }
  const lastKept = chain.findLastIndex(({ isWhole }) => !isWhole);
  return chain.flatMap(({ segment, isWhole, edits }, at) => {
    if (!isWhole) return edits;
    const [before, next] = [chain[at - 1]?.segment, chain[at + 1]?.segment];
    if (at < lastKept && next !== undefined) {
      return [{ start: startOf(segment), end: next.start, text: '' }];
    }
    return [{ start: before?.end ?? segment.start, end: segment.end, text: '' }];
  });
}

/** Behind `then`, `do` and the like, which stay. */
function startOf({ words, start }: Segment): number {
  return words.find(({ text }) => !KEYWORDS.has(text) && !text.endsWith('()'))?.start ?? start;
}
