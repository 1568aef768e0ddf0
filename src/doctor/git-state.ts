import { execFileSync } from 'node:child_process';

/**
 * The files that git could not bring back: changed since the last commit, never added, or ignored; all
 * of them where there is no git.
 */
export function unrecoverable(root: string, files: readonly string[]): readonly string[] {
  if (files.length === 0) return [];
  const tracked = ask(root, ['ls-files', '-z', '--', ...files]);
  const changed = ask(root, ['diff', '--name-only', '-z', '--relative', 'HEAD', '--', ...files]);
  if (tracked === null || changed === null) return files;
  return files.filter((file) => !tracked.has(file) || changed.has(file));
}

/** Nothing is asked of a person, and what git complains of is answered by the null. */
const QUIET: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];

function ask(root: string, question: readonly string[]): ReadonlySet<string> | null {
  try {
    const options = { cwd: root, encoding: 'utf8' as const, stdio: QUIET };
    const answer = execFileSync('git', ['--literal-pathspecs', ...question], options);
    return new Set(answer.split('\0').filter((name) => name !== ''));
  } catch {
    return null;
  }
}
