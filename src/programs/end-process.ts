import { type ChildProcess, spawn } from 'node:child_process';

/** A program that does not heed SIGTERM for so long is killed. */
const PATIENCE_MS = 5_000;

/** Ends a process and all that it has started: politely, then for certain. */
export function endProcess(child: ChildProcess): void {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    return;
  }
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => {
    signalGroup(child, 'SIGKILL');
  }, PATIENCE_MS);
  child.once('close', () => {
    clearTimeout(timer);
  });
}

/** A process that was started detached leads a group, which a negative number names. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}
