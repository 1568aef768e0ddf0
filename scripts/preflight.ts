/** Runs every check in the order of .ci/run and says in one line each how it went. */
import { spawnSync } from 'node:child_process';

const steps = ['check', 'lint', 'format:check', 'layers', 'knip', 'build', 'pack:check', 'test'];

const failed = steps.filter((step) => {
  const startedMs = performance.now();
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', step], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${step} (${seconds} s)`);
  if (status !== 0) console.log(`${stdout}${stderr}`);
  return status !== 0;
});
process.exitCode = failed.length === 0 ? 0 : 1;
