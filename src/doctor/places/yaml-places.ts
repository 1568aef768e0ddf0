import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLSeq,
} from 'yaml';

import { type Place, TAKEN_OUT } from '../place.ts';
import { isTestName } from '../seed-names.ts';
import { listPlace } from './line-places.ts';

/** Keys below which CI systems and compose files keep commands. */
const COMMAND_KEYS = new Set(
  `run command entrypoint script before_script after_script commands cmd release preDeployCommand
   buildCommand startCommand initialDeployHook bash`.split(/\s+/),
);
const TEST_ENVIRONMENT = /^test(?:ing)?$/i;

interface Context {
  readonly document: Document.Parsed;
  readonly file: string;
  readonly text: string;
  readonly path: readonly string[];
  readonly isForTests: boolean;
  /** Below a key that holds commands. */
  readonly isCommand: boolean;
}

/** The commands of a compose file or a CI file. A file that is no YAML has none. */
export function yamlPlaces(file: string, text: string): readonly Place[] {
  const isForTests = isTestName(file.replace(/^\.github\/workflows\//, ''));
  const places = parseAllDocuments(text, { strict: false, logLevel: 'silent' }).flatMap(
    (document) =>
      'contents' in document && document.errors.length === 0
        ? visited(document.contents, {
            ...{ document, file, text, path: [], isForTests, isCommand: false },
          })
        : [],
  );
  // What an alias stands for is met again where it is written; then it counts that deploys run it.
  const testsFirst = [...places].sort((a, b) => Number(b.isForTests) - Number(a.isForTests));
  return [...new Map(testsFirst.map((place) => [place.start, place])).values()];
}

function visited(node: unknown, context: Context): readonly Place[] {
  if (isAlias(node)) {
    return context.isCommand ? visited(node.resolve(context.document), context) : [];
  }
  if (isMap(node)) {
    const isForTests = context.isForTests || saysTest(node.items);
    return (node.items as readonly Pair[]).flatMap((pair) =>
      inPair(pair, { ...context, isForTests }),
    );
  }
  if (isSeq(node)) {
    const list = context.isCommand ? execList(node, context) : null;
    return list === null ? node.items.flatMap((item) => visited(item, context)) : [list];
  }
  return context.isCommand && isScalar(node) ? scalarPlace(node, context) : [];
}

function inPair({ key, value }: Pair, context: Context): readonly Place[] {
  const name = isScalar(key) ? String(key.value) : '';
  const path = [...context.path, name];
  const isForTests = context.isForTests || (isJobName(context.path) && isTestName(name));
  const isNested = isMap(value);
  const isCommand =
    COMMAND_KEYS.has(name) || (context.isCommand && !isNested && name === 'command');
  return visited(value, { ...context, path, isForTests, isCommand });
}

/** Jobs and services have names; so has everything at the top of a GitLab file. */
function isJobName(path: readonly string[]): boolean {
  return path.length === 0 || ['jobs', 'services'].includes(path.at(-1) ?? '');
}

/** A step or job that is named after tests, has the environment of tests, or a database of its own. */
function saysTest(items: readonly Pair[]): boolean {
  return items.some(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    if (name === 'name' || name === 'stage')
      return isScalar(value) && isTestName(String(value.value));
    if (name === 'env' || name === 'environment' || name === 'variables') return setsTest(value);
    return (
      name === 'services' &&
      items.some((each) => isKey(each, 'steps')) &&
      String(value).includes('postgres')
    );
  });
}

function isKey({ key }: Pair, name: string): boolean {
  return isScalar(key) && key.value === name;
}

function setsTest(value: unknown): boolean {
  if (isMap(value)) {
    return (value.items as readonly Pair[]).some(
      ({ key, value: set }) =>
        (isScalar(key) ? String(key.value) : '').endsWith('_ENV') &&
        TEST_ENVIRONMENT.test(isScalar(set) ? String(set.value) : ''),
    );
  }
  return (
    isSeq(value) &&
    value.items.some((item) => isScalar(item) && /^\w+_ENV=test(?:ing)?$/i.test(String(item.value)))
  );
}

/** `["npm", "run", "seed"]` below `command` or `entrypoint` is one command; a list of steps is not. */
function execList(node: YAMLSeq, { file, text, path, isForTests }: Context): Place | null {
  const key = path.at(-1) ?? '';
  if (!['command', 'entrypoint', 'cmd'].includes(key) || !node.range) return null;
  const list = node.items.map((item) => (isScalar(item) ? String(item.value) : null));
  if (!list.every((each) => each !== null)) return null;
  const [start, end] = node.range;
  const raw = text.slice(start, end);
  const trimmed = raw.trimEnd();
  return listPlace(
    file,
    { start, text: trimmed },
    { list, label: labelOf(path), isForTests, callable: null },
  );
}

function scalarPlace(node: Scalar, { file, text, path, isForTests }: Context): readonly Place[] {
  if (typeof node.value !== 'string' || !node.range) return [];
  const [start, end] = node.range;
  const common = {
    file,
    label: labelOf(path),
    isForTests,
    callable: null,
    setting: null,
    instead: TAKEN_OUT,
  };
  const raw = text.slice(start, end);
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  if (isBlock || raw.includes('\n')) {
    // What stands in the file is edited as it is: indentation and comments stay.
    const head = isBlock ? raw.indexOf('\n') + 1 : 0;
    const isOneLine = node.type !== 'BLOCK_LITERAL';
    return [
      {
        ...{ ...common, start: start + head, end, text: raw.slice(head) },
        lineBreaks: isOneLine ? 'space' : 'separate',
        written: (changed) => (isBlock || node.type === 'PLAIN' ? changed : null),
      },
    ];
  }
  return [
    {
      ...{ ...common, start, end, text: node.value, lineBreaks: 'separate' },
      written: (changed) => writtenScalar(node.type, changed),
    },
  ];
}

function writtenScalar(type: Scalar['type'], value: string): string {
  if (type === 'QUOTE_DOUBLE') return JSON.stringify(value);
  if (type === 'QUOTE_SINGLE') return `'${value.replaceAll("'", "''")}'`;
  const isPlain = /^[\w./@$]/.test(value) && !/: |:$| #/.test(value);
  return isPlain ? value : JSON.stringify(value);
}

function labelOf(path: readonly string[]): string {
  return path.filter((part) => part !== '').join('.');
}
