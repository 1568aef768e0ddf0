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
  const inner = innerScripts(segment.words);
  if (inner.length > 0) return readInner(segment, text, { ...reading, inner });
  const seeding = seedingOf(segment.words, reading.knowledge);
  if (seeding === null) return { segment, found: [], isWhole: false, edits: [] };
  const found = [{ ...seeding, offset: segment.start }];
  const stays = seeding.isForTests || reading.keep(seeding);
  if (stays) return { segment, found, isWhole: false, edits: [] };
  if (seeding.word === null) return { segment, found, isWhole: true, edits: [] };
  return { segment, found, isWhole: false, edits: [withSpaceBefore(seeding.word, text)] };
}

const SHELL = /(?:^|\/)(?:ba|z|a|da)?sh$|^su$/;
const TAKES_SCRIPTS = /^(?:concurrently|ssh|heroku|eval)$/;

/** `sh -c "…"`, `ssh host '…'`: what is in the quotes is a script of its own. */
function innerScripts(words: readonly Word[]): readonly Word[] {
  const takesAny = words.some(({ text }) => TAKES_SCRIPTS.test(text));
  const shell = words.findIndex(({ text }) => SHELL.test(text));
  return words.filter(({ text, quote }, at) => {
    if (quote === null || text.includes('\\')) return false;
    const isShellScript =
      shell !== -1 && at > shell && /^-[a-z]*c$/.test(words[at - 1]?.text ?? '');
    return isShellScript || (takesAny && text.includes(' '));
  });
}

function readInner(
  segment: Segment,
  text: string,
  { inner, ...reading }: Reading & { readonly inner: readonly Word[] },
): Step {
  const scripts = inner.map(({ start, end }) => {
    const at = { start: start + 1, end: end - 1 };
    return { ...at, ...readCommand(text.slice(at.start, at.end), reading.knowledge, reading) };
  });
  const found = scripts.flatMap(({ start, found: each }) =>
    each.map((one) => ({ ...one, offset: one.offset + start })),
  );
  const isWhole = scripts.every((each) => each.isWhole);
  const edits = scripts
    .filter(({ start, end, rest }) => rest !== text.slice(start, end))
    .map(({ start, end, rest }) => ({ start, end, text: rest }));
  return { segment, found, isWhole, edits: isWhole ? [] : edits };
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
