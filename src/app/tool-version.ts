import { readFileSync } from 'node:fs';

/** The version of this package, from the package.json that lies two folders up, in `src` and `dist` alike. */
export function toolVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  return version;
}
