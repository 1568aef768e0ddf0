import type { ConnectOptions, World } from '../app/compose.ts';
import type { HygieneError } from '../kernel/errors.ts';
import type { Fields } from '../report/document.ts';
import type { Style } from '../report/style.ts';
import type { TargetFacts } from '../report/target.ts';
import type { Io } from './io.ts';
import type { OptionSpec } from './options.ts';
import type { GivenOptions } from './given-options.ts';

/** What a command has to work with. */
export interface CommandContext {
  readonly io: Io;
  readonly world: World;
  readonly connect: ConnectOptions;
  readonly given: GivenOptions;
  readonly style: Style;
  /** Says what the command works on, once, before anything else. */
  readonly announce: (target: TargetFacts, environment: string | null) => void;
  /** Says something before the result; where a document is wanted, nothing. */
  readonly say: (lines: readonly string[]) => void;
  /** Runs another command line in another directory, with no settings but its own flags. */
  readonly again: (argv: readonly string[], place: AnotherPlace) => Promise<number>;
}

interface AnotherPlace {
  readonly cwd: string;
  /** Gets what goes to stdout and stderr, in the order in which it is said. */
  readonly say: (text: string) => void;
}

/** What a command ended with; the command line prints either the text or the document. */
export interface CommandResult {
  /** One word for machines. */
  readonly outcome: string;
  readonly exitCode: number;
  readonly text: readonly string[];
  readonly fields: Fields;
  /**
   * With `--json` these are what is printed, one a line, and the document goes to stderr as one line: for
   * results of so many parts that nobody wants them in one.
   */
  readonly records?: readonly Fields[];
  /** True: the text is a script or a file, and the only thing on stdout. */
  readonly isFile?: boolean;
  /** Printed on stderr; in the document under `error`. */
  readonly error?: HygieneError | null;
}

interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly choices?: readonly string[];
}

/** One command of the command line. What it needs is loaded when it runs. */
export interface Command {
  readonly name: string;
  /** The form of the command line, such as `create <name>`. */
  readonly usage: string;
  readonly describe: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly positionals: readonly Positional[];
  /** True: whatever follows is taken, and ignored. */
  readonly lenient?: boolean;
  /** Puts what options cannot say, such as a switch that others know with a value, into words that can. */
  readonly reworded?: (argv: readonly string[]) => readonly string[];
  readonly run: (context: CommandContext) => Promise<CommandResult>;
}
