import { runCli } from '../../support/cli.ts';
import type { TestDatabase } from '../../support/database.ts';
import type { FoundRow } from './evaluate.ts';

/** What the command line finds. The time for passwords is three times what the cases need here. */
export async function scanCase(
  { url }: Pick<TestDatabase, 'url'>,
  cwd: string,
): Promise<readonly FoundRow[]> {
  const run = await runCli(['scan', '--json', '--password-time', '6'], {
    cwd,
    variables: { DATABASE_URL: url },
  });
  if (run.code !== 0) throw new Error(`hygiene scan ended with ${String(run.code)}: ${run.stderr}`);
  return run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as FoundRow);
}
