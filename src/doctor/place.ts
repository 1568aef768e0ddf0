import type { LineBreaks } from './shell-commands.ts';

/** Said where a command is taken out and something must stand in its place. No quotes, so that it fits anywhere. */
export const TAKEN_OUT = 'echo Seeding was taken out by hygiene doctor';
/** Where somebody asks for seeding by name, it is refused with the reason. */
export const REFUSED = 'hygiene seed';

/** A command in a file: a script, a step, an instruction, a line. */
export interface Place {
  /** Relative to the repository, with `/`. */
  readonly file: string;
  /** What is replaced when the command changes. */
  readonly start: number;
  readonly end: number;
  /** The command, as the shell gets it. */
  readonly text: string;
  readonly lineBreaks: LineBreaks;
  /** How a person would call it: `script "seed"`, `RUN`. */
  readonly label: string;
  readonly isForTests: boolean;
  /** `prisma`: what `prisma db seed` runs. */
  readonly setting: 'prisma' | null;
  /** Stands for a command that does nothing but seed. */
  readonly instead: string;
  /** The name of the script or target, where others can call it. */
  readonly callable: { readonly kind: 'script' | 'target'; readonly name: string } | null;
  /** A changed command as the file has it; null: it cannot be written there safely. */
  readonly written: (text: string) => string | null;
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
