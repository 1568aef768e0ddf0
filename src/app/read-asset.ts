import { readFileSync } from 'node:fs';

/** A file of `src/report/assets` or `src/dashboard/assets`, which lie in the package as they are. */
export function readAsset(room: 'dashboard' | 'report', name: string): string {
  return readFileSync(new URL(`../../src/${room}/assets/${name}`, import.meta.url), 'utf8');
}
