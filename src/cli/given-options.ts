import type { ConnectOptions } from '../app/compose.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { Strategy } from '../planner/strategy.ts';
import type { BatchOptions } from '../runner/batched/batch-settings.ts';
import { type OptionSpec, sharedOptions } from './options.ts';

type Variables = Readonly<Record<string, string | undefined>>;

const MS_PER_SECOND = 1000;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const YES = new Set(['1', 'true', 'yes', 'on']);
const NO = new Set(['0', 'false', 'no', 'off']);

interface Raw {
  readonly value: string | boolean | undefined;
  /** The flag or the variable, as a message names it. */
  readonly source: string;
}

/** The options of one command line, each from its flag or its variable. Not to be trusted until read. */
export class GivenOptions {
  readonly #flags: Readonly<Record<string, unknown>>;
  readonly #specs: Readonly<Record<string, OptionSpec>>;
  readonly #variables: Variables;

  constructor(
    flags: Readonly<Record<string, unknown>>,
    specs: Readonly<Record<string, OptionSpec>>,
    variables: Variables,
  ) {
    this.#flags = flags;
    this.#specs = specs;
    this.#variables = variables;
  }

  /** @throws HygieneError HYG_USAGE when the value is none of the choices */
  text(name: string): string | null {
    const { value, source } = this.#raw(name);
    if (value === undefined || value === '') return null;
    const text = value.toString();
    const choices = this.#specs[name]?.choices;
    if (choices !== undefined && !choices.includes(text)) {
      throw badValue(source, text, `one of ${choices.join(', ')}`);
    }
    return text;
  }

  flag(name: string): boolean {
    const { value, source } = this.#raw(name);
    if (typeof value === 'boolean') return value;
    if (value === undefined || value === '') return false;
    const word = value.toLowerCase();
    if (!YES.has(word) && !NO.has(word)) throw badValue(source, word, 'true or false');
    return YES.has(word);
  }

  /** Given in seconds, which may have a fraction. */
  milliseconds(name: string, defaultSeconds: number): number {
    const text = this.text(name);
    if (text === null) return defaultSeconds * MS_PER_SECOND;
    const seconds = Number(text);
    if (!Number.isFinite(seconds) || seconds < 0 || text.trim() === '') {
      throw badValue(this.#raw(name).source, text, 'a number of seconds, 0 or more');
    }
    return Math.round(seconds * MS_PER_SECOND);
  }

  /** Seconds, or a number with `s`, `m` or `h`, as milliseconds; null where it is not given. */
  duration(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)\s*([smh])?$/.exec(text.trim()) ?? [];
    if (number === undefined || Number(number) === 0) {
      throw badValue(this.#raw(name).source, text, 'a duration such as 90, 90s, 10m or 2h');
    }
    return Math.round(Number(number) * (SECONDS[unit] ?? 1) * MS_PER_SECOND);
  }

  /** A whole number from 1. */
  count(name: string, fallback: number): number {
    const text = this.text(name);
    if (text === null) return fallback;
    const count = Number(text);
    if (Number.isSafeInteger(count) && count > 0) return count;
    throw badValue(this.#raw(name).source, text, 'a whole number, 1 or more');
  }

  /** As it was given, and by what; null: neither by a flag nor by a variable. */
  origin(name: string): { readonly value: string; readonly source: string } | null {
    const { value, source } = this.#raw(name);
    return value === undefined || value === '' ? null : { value: String(value), source };
  }

  /** @param variables in place of those that were known when the command line was read */
  with(variables: Variables): GivenOptions {
    return new GivenOptions(this.#flags, this.#specs, variables);
  }

  #raw(name: string): Raw {
    // Every option is declared as a text or a switch, so the parser gives nothing else.
    const flag = this.#flags[name] as Raw['value'];
    if (flag !== undefined) return { value: flag, source: `--${name}` };
    const variable = this.#specs[name]?.variable ?? null;
    return variable === null
      ? { value: undefined, source: `--${name}` }
      : { value: this.#variables[variable], source: variable };
  }
}

export function connectOptions(given: GivenOptions): ConnectOptions {
  return {
    databaseUrl: given.text('database-url'),
    env: given.text('env'),
    embedded: given.flag('embedded'),
    knexfile: given.text('knexfile'),
    dir: given.text('dir') ?? 'hygiene',
    config: given.text('config'),
    runLockTimeoutMs: given.milliseconds('lock-timeout', 60),
    rowLockTimeoutMs: given.milliseconds('row-lock-timeout', 3),
    statementTimeoutMs:
      given.text('statement-timeout') === null ? null : given.milliseconds('statement-timeout', 60),
    window: given.flag('maintenance') ? 'maintenance' : 'online',
    strategy: given.text('strategy') as Strategy | null,
  };
}

/** Only commands that run batches have these. */
export function batchOptions(given: GivenOptions): BatchOptions {
  return {
    maxDurationMs: given.duration('max-duration'),
    firstSize: given.count('batch-size', 500),
    targetMs: given.milliseconds('batch-target', 0.5),
    statementTimeoutMs: given.milliseconds('batch-timeout', 10),
    maxReplicaLagMs: given.milliseconds('max-replica-lag', 5),
  };
}

/** Options as they are before a command line could be read. */
export function sharedOnly(
  flags: Readonly<Record<string, unknown>>,
  variables: Variables,
): GivenOptions {
  return new GivenOptions(flags, sharedOptions, variables);
}

function badValue(source: string, value: string, wanted: string): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message: `${source} is "${value}", but must be ${wanted}.`,
    hint: '`hygiene <command> --help` lists the options.',
  });
}
