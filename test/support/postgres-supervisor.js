// Runs one PostgreSQL and outlives its parent just long enough to stop it.
//
// The parent holds the other end of our stdin. However the parent ends (teardown, Ctrl-C, a crash,
// SIGKILL), the operating system closes that pipe, and the server and its data directory go.
//
// A line `fast` or `immediate` on stdin restarts the server that way.
//
// argv: base directory, uid, gid (empty: keep ours), program, arguments
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const [directory, uid, gid, program, ...args] = process.argv.slice(2);
const identity = uid === '' ? {} : { uid: Number(uid), gid: Number(gid) };
let isRestarting = false;
let server = start();

function start() {
  const child = spawn(program, args, { ...identity, stdio: ['ignore', 'ignore', 'inherit'] });
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    process.stdin.destroy();
  });
  child.on('exit', () => {
    if (isRestarting) {
      isRestarting = false;
      server = start();
      return;
    }
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    process.stdin.destroy();
  });
  return child;
}

// SIGQUIT is "immediate": sessions are cut off, and the next start recovers from the log.
process.stdin.on('data', (mode) => {
  isRestarting = true;
  server.kill(mode.toString().trim() === 'immediate' ? 'SIGQUIT' : 'SIGINT');
});

// SIGINT is PostgreSQL's "fast" shutdown: sessions are ended, files are left consistent.
const stop = () => server.kill('SIGINT');
process.stdin.on('end', stop).on('error', stop).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
// The parent's end of stderr goes away with the parent.
process.stderr.on('error', () => undefined);
