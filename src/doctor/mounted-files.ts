import type { Finding } from './finding.ts';
import { lineOf } from './place.ts';
import type { Repository } from './repository.ts';
import { isSeedName, isTestName } from './seed-names.ts';

/** Seed files that a compose file gives to the image of PostgreSQL, which loads them into a new database. */
export function mountedFindings(repository: Repository): readonly Finding[] {
  return repository.files
    .filter((file) => /(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$/.test(file))
    .flatMap((file) => {
      const text = repository.text(file) ?? '';
      return [...text.matchAll(/^[^#\n]*?([^\s"':]+):\/docker-entrypoint-initdb\.d/gm)]
        .filter(([, source = '']) => isSeedName(source))
        .map(({ 1: source = '', index }) => ({
          ...{ kind: 'mounted file' as const, file, line: lineOf(text, index), fixable: false },
          level: isTestName(file) ? ('remark' as const) : ('finding' as const),
          what: `a new database gets ${source}`,
          proposal: 'Take the line out where this file starts anything but a database for trials.',
        }));
    });
}
