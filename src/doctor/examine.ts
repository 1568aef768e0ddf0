import type { FileChange, Finding } from './finding.ts';
import { commandFindings, fixedCommands } from './command-findings.ts';
import { mountedFindings } from './mounted-files.ts';
import { Repository } from './repository.ts';
import { seedFileFindings, seedFileStubs } from './seed-file-findings.ts';
import { startUpFindings } from './start-up.ts';
import { usesOf } from './command-uses.ts';

export interface Examination {
  readonly findings: readonly Finding[];
  /** What `--fix` would write. */
  readonly changes: readonly FileChange[];
}

/**
 * Looks for whatever would seed.
 * @param allow markers of databases that may be seeded: what can ask for the marker is kept
 */
export function examine(root: string, allow: readonly string[] = []): Examination {
  const repository = new Repository(root);
  const uses = usesOf(repository);
  const stubs = seedFileStubs(repository, uses, allow);
  const kept = new Set(
    allow.length === 0 ? [] : stubs.flatMap(({ file, isNew }) => (isNew ? [] : [file])),
  );
  return {
    findings: inOrder([
      ...commandFindings(repository, uses, kept),
      ...seedFileFindings(repository, uses, allow),
      ...mountedFindings(repository),
      ...startUpFindings(repository),
    ]),
    changes: [...fixedCommands(repository, uses, kept), ...stubs],
  };
}

/** Findings before remarks; what `--fix` leaves to a person first. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const rank = ({ level, fixable }: Finding): number => (level === 'remark' ? 2 : fixable ? 1 : 0);
  return [...findings].sort(
    (a, b) => rank(a) - rank(b) || a.file.localeCompare(b.file) || a.line - b.line,
  );
}
