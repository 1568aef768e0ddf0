import type { SettingFacts } from '../report/doctor.ts';
import { GivenOptions } from './given-options.ts';
import type { Io } from './io.ts';
import { type OptionSpec, sharedOptions, variableOptions } from './options.ts';

const URLS = ['HYGIENE_DIRECT_URL', 'HYGIENE_DATABASE_URL', 'DATABASE_URL'];

/** Every option that a run may be given, with its value and where that came from. */
export function optionSettings(given: GivenOptions, io: Io): readonly SettingFacts[] {
  const specs: Readonly<Record<string, OptionSpec>> = { ...sharedOptions, ...variableOptions };
  const ofVariables = new GivenOptions({}, variableOptions, io.variables);
  const settings = Object.entries(specs).map(([name, spec]): SettingFacts => {
    const origin = name in sharedOptions ? given.origin(name) : ofVariables.origin(name);
    if (origin === null) return { name: `--${name}`, value: defaultOf(spec), source: 'default' };
    const value = name === 'database-url' ? maskedUrl(origin.value) : origin.value;
    return { name: `--${name}`, value, source: sourceOf(origin.source, io) };
  });
  return [...settings, ...URLS.map((name) => urlSetting(name, io)), nodeEnv(io)];
}

function sourceOf(source: string, { fromEnvFile }: Io): string {
  return fromEnvFile?.has(source) === true ? `${source} of the env file` : source;
}

function urlSetting(name: string, io: Io): SettingFacts {
  const value = io.variables[name];
  if (value === undefined || value === '') return { name, value: null, source: 'default' };
  return { name, value: maskedUrl(value), source: sourceOf(name, io) };
}

function nodeEnv(io: Io): SettingFacts {
  const value = io.variables['NODE_ENV'] ?? '';
  return value === ''
    ? { name: 'NODE_ENV', value: null, source: 'default' }
    : { name: 'NODE_ENV', value, source: sourceOf('NODE_ENV', io) };
}

/** As the help says it, in brackets. */
function defaultOf({ type, describe }: OptionSpec): string | null {
  const [, said] = /\[([^\]]+)\]$/.exec(describe) ?? [];
  return said ?? (type === 'boolean' ? 'false' : null);
}

/** A URL that cannot be read may hold its password anywhere. */
function maskedUrl(text: string): string {
  if (!URL.canParse(text)) return '***';
  const url = new URL(text);
  if (url.password !== '') url.password = '***';
  for (const name of url.searchParams.keys()) {
    if (/pass|secret|token|key/i.test(name)) url.searchParams.set(name, '***');
  }
  return url.href;
}
