/** Adds up the results of jest (`--json --outputFile`) and prints them in one line. */
import { existsSync, readFileSync } from 'node:fs';

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

const files = process.argv.slice(2);
// A run that left no result has not run to its end.
const missing = files.filter((file) => !existsSync(file));
const results = files
  .filter((file) => !missing.includes(file))
  .map((file) => JSON.parse(readFileSync(file, 'utf8')) as JestResult);

const sum = (count: (result: JestResult) => number): number =>
  results.reduce((total, result) => total + count(result), 0);

// A file that could not even be loaded counts as a failure: its tests were never seen.
const failed =
  sum((result) => result.numFailedTests + result.numRuntimeErrorTestSuites) + missing.length;
console.log(`${sum((result) => result.numPassedTests)} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
