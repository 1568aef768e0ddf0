import { commandLinePage } from './command-line-page.ts';
import { errorPage } from './error-page.ts';
import { laidOut } from './markdown.ts';

/** By their paths in the repository. */
export async function generatedPages(): Promise<Readonly<Record<string, string>>> {
  return {
    'docs/errors.md': await laidOut(errorPage()),
    'docs/command-line.md': await laidOut(commandLinePage()),
  };
}
