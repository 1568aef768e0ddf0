import type { CommandUse } from './command-uses.ts';
import { edited } from './edits.ts';
import type { FileChange, Finding } from './finding.ts';
import { lineOf, type Place, REFUSED } from './place.ts';
import { readCommand } from './read-command.ts';
import type { Repository } from './repository.ts';
import type { Seeding } from './seed-commands.ts';

const FOR_TESTS = 'For tests: nothing to do, as long as they have a database of their own.';
const FOR_BOTH =
  'Tests run it too, so it stays: give them a script of their own with NODE_ENV=test, then fix this one.';
const FOR_NOBODY = 'Nothing that was looked at runs this file: delete it if nobody does.';

/**
 * A finding for each command that seeds.
 * @param kept seed files that ask for the marker themselves, so that commands may run them
 */
export function commandFindings(
  repository: Repository,
  uses: readonly CommandUse[],
  kept: ReadonlySet<string>,
): readonly Finding[] {
  return uses.flatMap((use) => {
    const text = repository.text(use.place.file) ?? '';
    const isChanged = use.by === 'deploys' && changeOf(use, kept) !== null;
    return use.reading.found.map((found) => {
      const isRemark = use.by === 'tests' || use.by === 'nobody' || found.isForTests;
      const isKept = use.by === 'deploys' && isKeptAt(use.place, found, kept);
      const fixable = !isRemark && (isKept || isChanged);
      const { file, start, label, setting } = use.place;
      return {
        ...{ kind: setting === null ? ('command' as const) : ('setting' as const), file },
        line: lineOf(text, start + found.offset),
        what: `${label} ${found.what}`,
        proposal: isRemark ? remarkFor(use) : proposalFor(use, { fixable, isKept }),
        level: isRemark ? ('remark' as const) : ('finding' as const),
        fixable,
      };
    });
  });
}

function remarkFor({ by }: CommandUse): string {
  return by === 'nobody' ? FOR_NOBODY : FOR_TESTS;
}

function proposalFor(
  { by, place, reading }: CommandUse,
  { fixable, isKept }: { readonly fixable: boolean; readonly isKept: boolean },
): string {
  if (by === 'both') return FOR_BOTH;
  if (isKept) return '--fix leaves the command; the file will ask for the marker.';
  if (!fixable) return 'Take the command out by hand: it cannot be done without touching more.';
  return reading.isWhole && place.instead === REFUSED
    ? '--fix makes it `hygiene seed`, which refuses and says why.'
    : '--fix takes the command out.';
}

/** The files with the commands taken out; all other characters stay. */
export function fixedCommands(
  repository: Repository,
  uses: readonly CommandUse[],
  kept: ReadonlySet<string>,
): readonly FileChange[] {
  const fixable = uses.filter(({ by }) => by === 'deploys');
  const files = [...new Set(fixable.map(({ place }) => place.file))];
  return files.flatMap((file) => {
    const text = repository.text(file) ?? '';
    const edits = fixable
      .filter(({ place }) => place.file === file)
      .flatMap((use) => {
        const changed = changeOf(use, kept);
        return changed === null
          ? []
          : [{ start: use.place.start, end: use.place.end, text: changed }];
      });
    const result = edited(text, edits);
    if (result === text) return [];
    const what = `${String(edits.length)} ${edits.length === 1 ? 'command' : 'commands'} that seeded`;
    return [{ file, text: result, what, isNew: false }];
  });
}

/** What comes in the place of a command, as the file writes it; null where it stays as it is. */
function changeOf({ place, knowledge }: CommandUse, kept: ReadonlySet<string>): string | null {
  const reading = readCommand(place.text, knowledge, {
    lineBreaks: place.lineBreaks,
    keep: (seeding) => isKeptAt(place, seeding, kept),
  });
  const changed = reading.isWhole && isOneCommand(place) ? place.instead : reading.rest;
  return changed === place.text ? null : place.written(changed);
}

/**
 * Who runs a script that is named after seeding wants to seed, so the file may answer. A deploy must not
 * end with its refusal.
 */
function isKeptAt(
  { instead }: Place,
  { file }: Pick<Seeding, 'file'>,
  kept: ReadonlySet<string>,
): boolean {
  return instead === REFUSED && file !== null && kept.has(file);
}

/** Lines of a script are taken out one by one, so that comments and indentation stay. */
function isOneCommand({ text, label, lineBreaks }: Place): boolean {
  return label !== 'script' && lineBreaks === 'separate' && !text.trim().includes('\n');
}
