import { type Envelope, jsonDocument } from '../report/document.ts';
import { contactLines, errorDocument, errorLines } from '../report/error.ts';
import type { Style } from '../report/style.ts';
import { type TargetFacts, targetLines } from '../report/target.ts';
import type { CommandResult } from './command.ts';
import type { Io } from './io.ts';

interface PrinterOptions {
  readonly command: string;
  readonly io: Io;
  readonly json: boolean;
  readonly style: Style;
}

type Contacts = readonly { readonly name: string; readonly how: string }[];

/** Prints what a command has to say: text as it comes, or one document at the end. */
export class Printer {
  readonly #options: PrinterOptions;
  #target: TargetFacts | null = null;
  #environment: string | null | undefined;
  #announced = false;

  constructor(options: PrinterOptions) {
    this.#options = options;
  }

  /** The target is known; it is announced with the environment, or when the command fails before. */
  remember(target: TargetFacts): void {
    this.#target = target;
  }

  announce(target: TargetFacts, environment: string | null): void {
    if (this.#announced) return;
    this.#target = target;
    this.#environment = environment;
    this.#sayTarget();
  }

  say(lines: readonly string[]): void {
    if (!this.#options.json) this.#options.io.stdout(linesOf(lines));
  }

  /** @returns the exit code */
  finish(result: CommandResult, contacts: Contacts): number {
    if (this.#options.json) this.#printDocument(result, contacts);
    else this.#printText(result, contacts);
    return result.exitCode;
  }

  #sayTarget(): void {
    if (this.#announced || this.#target === null) return;
    this.#announced = true;
    if (this.#options.json) return;
    const { io, style } = this.#options;
    const [first = '', ...notes] = targetLines(this.#target, this.#environment);
    io.stdout(linesOf([style.bold(first), ...notes.map((note) => style.dim(note)), '']));
  }

  #printText({ text, error, isFile = false }: CommandResult, contacts: Contacts): void {
    const { io, style } = this.#options;
    if (!isFile) this.#sayTarget();
    if (text.length > 0) io.stdout(linesOf(text));
    const lines = error === undefined || error === null ? [] : errorLines(error, style);
    const said = [...lines, ...contactLines(contacts)];
    if (said.length > 0) io.stderr(linesOf(said));
  }

  #printDocument(result: CommandResult, contacts: Contacts): void {
    const { outcome, exitCode, fields, error, records } = result;
    const { command, io } = this.#options;
    const envelope: Envelope = {
      command,
      outcome,
      exitCode,
      target: this.#target,
      environment: this.#environment ?? null,
    };
    const document = jsonDocument(envelope, {
      ...fields,
      ...(error !== undefined && error !== null && { error: errorDocument(error) }),
      ...(contacts.length > 0 && { contacts }),
    });
    if (records === undefined) {
      io.stdout(`${document}\n`);
      return;
    }
    io.stdout(linesOf(records.map((record) => JSON.stringify(record))));
    io.stderr(`${JSON.stringify(JSON.parse(document))}\n`);
  }
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
