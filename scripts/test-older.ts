/**
 * Runs what depends on the server against the PostgreSQL of the system, which is older than that of npm.
 * Tests of what an older server does not have say so in their names.
 */
import { installedPostgres } from '../test/support/installed-postgres.ts';
import { runStep } from './run-step.ts';

const FOLDERS = [
  ...['backup', 'batched', 'catalog', 'cluster', 'contract', 'engine', 'executor', 'guard'],
  ...['ledger', 'privileges', 'restore'],
].map((name) => `test/${name}/`);

const installed = installedPostgres();
if (installed === null) {
  console.log('left out: no PostgreSQL of the system is installed (Debian: postgresql-15)');
} else {
  console.log(`PostgreSQL ${String(installed.version)} in ${installed.directory}`);
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const args = [...FOLDERS, '--testNamePattern=^((?!\\(PostgreSQL 18\\)).)*$'];
  process.exitCode = runStep(process.execPath, [...jest, ...args, ...process.argv.slice(2)], {
    HYGIENE_TEST_POSTGRES: installed.directory,
  });
}
