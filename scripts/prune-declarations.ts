/** Removes the declarations that the public interface does not lead to: nobody can import them. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const needed = new Set<string>();
const open = [resolve('dist/index.d.ts')];
for (let file = open.pop(); file !== undefined; file = open.pop()) {
  if (needed.has(file)) continue;
  needed.add(file);
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(
    /(?:from|import\()\s*'(\.[^']+)'/g,
  )) {
    open.push(resolve(dirname(file), path.replace(/\.tsx?$|\.js$/, '.d.ts')));
  }
}

const all = readdirSync('dist', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.d.ts'))
  .map((name) => resolve('dist', name));
for (const file of all) if (!needed.has(file)) rmSync(file);
for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true }).reverse()) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isDirectory() && readdirSync(path).length === 0) rmSync(path, { recursive: true });
}
