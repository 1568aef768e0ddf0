import { HygieneError } from '../kernel/errors.ts';
import type { ProgramResult } from '../programs/run-program.ts';

const LINES = 6;

/** The last lines that a program of PostgreSQL has said; they name objects, and no values. */
export function lastWords({ stderr, ending, exitCode }: ProgramResult): string {
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  if (lines.length > 0) return lines.slice(-LINES).join('\n');
  return ending === 'exited' ? `exit status ${String(exitCode)}` : ending;
}

export function backupFailed(what: string, result: ProgramResult): HygieneError {
  const said = lastWords(result);
  return new HygieneError('HYG_BACKUP_FAILED', {
    message: `${what}:\n${said}`,
    hint: `No file was left behind. ${adviceFor(said)}`,
    details: { ending: result.ending, exitCode: result.exitCode },
  });
}

function adviceFor(said: string): string {
  if (/no space left/i.test(said)) return 'Choose a place with more room: --out FILE.';
  if (/row-level security/i.test(said))
    return 'Run as a role that sees all rows: the owner, or one with BYPASSRLS.';
  if (/permission denied/i.test(said))
    return 'The role must be able to read every table: grant pg_read_all_data to it.';
  if (/lock timeout|lock_timeout|canceling statement due to lock/i.test(said))
    return 'Somebody holds a table locked. Wait longer with --lock-timeout SECONDS.';
  return 'Run again when that is mended.';
}
