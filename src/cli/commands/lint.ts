import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';

const PROBLEMS = 2;

/**
 * Looks at all migrations without a database.
 * @public
 */
export async function lint({ world, connect, style }: CommandContext): Promise<CommandResult> {
  const { openProject } = await import('../../app/compose.ts');
  const { lint: lintFiles } = await import('../../app/lint.ts');
  const { nodeFileSystem } = await import('../../runner/file-system.ts');
  const { lintText } = await import('../../report/lint.ts');
  const project = openProject(world, connect);
  const { directory: dir, importer } = project;
  const report = await lintFiles({ fs: nodeFileSystem, dir, importer });
  const configProblem = await project.config().then(
    () => null,
    (error: unknown) => (error instanceof HygieneError ? error : Promise.reject(error as Error)),
  );
  const isClean = report.problems.length === 0 && configProblem === null;
  return {
    outcome: isClean ? 'clean' : 'problems',
    exitCode: isClean ? 0 : PROBLEMS,
    text: lintText(report, style),
    fields: { ...report },
    error: configProblem,
  };
}

export const lintCommand: Command = {
  name: 'lint',
  usage: 'lint',
  describe: 'Check the migration files without a database',
  options: {},
  positionals: [],
  run: lint,
};
