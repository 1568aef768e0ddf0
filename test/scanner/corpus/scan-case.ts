import { runCli } from '../../support/cli.ts';
import type { TestDatabase } from '../../support/database.ts';
import type { FoundRow } from './evaluate.ts';

/** What the command line finds, with so many seconds for passwords. */
export async function scanCase(
  { url }: Pick<TestDatabase, 'url'>,
  cwd: string,
  passwordTime: number,
): Promise<readonly FoundRow[]> {
  const run = await runCli(['scan', '--json', '--password-time', String(passwordTime)], {
    cwd,
    variables: { DATABASE_URL: url },
  });
  if (run.code !== 0) throw new Error(`hygiene scan ended with ${String(run.code)}: ${run.stderr}`);
  return run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as FoundRow);
}
