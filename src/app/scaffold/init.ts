import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFileSystem } from '../../runner/file-system.ts';
import { writeChangedFile, writeNewFiles } from './new-file.ts';
import { addScripts } from './package-scripts.ts';
import { moduleKindOf, projectRoot } from './project.ts';
import { configTemplate, exampleTemplate } from './templates.ts';

export interface InitAction {
  /** Absolute. */
  readonly path: string;
  readonly action: 'created' | 'kept' | 'changed';
}

interface Change {
  readonly path: string;
  /** Null: the file stays as it is. */
  readonly text: string | null;
}

const SCRIPTS = {
  'hygiene:plan': 'hygiene plan',
  'hygiene:up': 'hygiene up',
  'hygiene:verify': 'hygiene verify',
  'hygiene:status': 'hygiene status',
  'cleanup-production': 'hygiene up',
  'verify-db': 'hygiene check',
};

const IGNORED = ['.hygiene/', 'hygiene/logs/'];

/**
 * Prepares a repository: config, an example that is never run, lines for git and npm scripts, in
 * the folder of the nearest package.json. What is there is kept; a second run changes nothing.
 * @throws HygieneError HYG_CONFIG_INVALID for a package.json that is no JSON, before anything is written.
 */
export function initProject({ cwd }: { readonly cwd: string }): readonly InitAction[] {
  const root = projectRoot(cwd);
  const kind = moduleKindOf(root);
  const directory = join(root, 'hygiene');
  const changes: Change[] = [
    newUnlessThere(directory, { stem: 'config', kind, text: configTemplate() }),
    newUnlessThere(join(directory, 'examples'), {
      stem: 'purge-demo-users',
      kind,
      text: exampleTemplate(),
    }),
    ignoreLines(join(root, '.gitignore')),
    ...scriptLines(join(root, 'package.json')),
  ];
  return changes.map(carryOut);
}

function carryOut({ path, text }: Change): InitAction {
  if (text === null) return { path, action: 'kept' };
  if (existsSync(path)) {
    writeChangedFile({ path, text });
    return { path, action: 'changed' };
  }
  writeNewFiles([{ path, text }]);
  return { path, action: 'created' };
}

interface Wanted {
  readonly stem: string;
  readonly kind: string;
  readonly text: string;
}

/** Kept is a file of that name with any extension of a module. */
function newUnlessThere(directory: string, { stem, kind, text }: Wanted): Change {
  const names = nodeFileSystem.listFiles(directory) ?? [];
  const present = names.find(
    (name) => /^\.[cm]?[jt]s$/.test(name.slice(stem.length)) && name.startsWith(stem),
  );
  return present === undefined
    ? { path: join(directory, `${stem}.${kind}`), text }
    : { path: join(directory, present), text: null };
}

function ignoreLines(path: string): Change {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const present = new Set(
    text.split(/\r?\n/).map((line) => line.trim().replaceAll(/^\/|\/$/g, '')),
  );
  const missing = IGNORED.filter((line) => !present.has(line.replace(/\/$/, '')));
  if (missing.length === 0) return { path, text: null };
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const start = text === '' || text.endsWith('\n') ? text : text + newline;
  return { path, text: start + missing.map((line) => line + newline).join('') };
}

function scriptLines(path: string): readonly Change[] {
  if (!existsSync(path)) return [];
  return [{ path, text: addScripts(path, readFileSync(path, 'utf8'), SCRIPTS) }];
}
