/** Runs the tests of test/soak, which take minutes. */
import { runStep } from './run-step.ts';

const jest = 'node_modules/jest/bin/jest.js';
const args = ['--experimental-vm-modules', '--no-warnings', jest, ...process.argv.slice(2)];
process.exitCode = runStep(process.execPath, args, { HYGIENE_SOAK: '1' });
