/** Packs the package as npm would publish it, and checks what others will get. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkInstalled } from './check-installed.ts';
import { runStep } from './run-step.ts';

const directory = mkdtempSync(join(tmpdir(), 'hygiene-pack-'));
try {
  process.exitCode = check();
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function check(): number {
  const packed = runStep('npm', ['pack', '--silent', '--pack-destination', directory]);
  if (packed !== 0) return packed;
  const [tarball] = readdirSync(directory).filter((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack left no tarball');
  const file = join(directory, tarball);
  const wrong =
    runStep(process.execPath, ['node_modules/publint/src/cli.js', 'run', file, '--strict']) ||
    runStep(process.execPath, [
      'node_modules/@arethetypeswrong/cli/dist/index.js',
      file,
      '--profile',
      'esm-only',
    ]);
  if (wrong === 0) checkInstalled(file);
  return wrong;
}
