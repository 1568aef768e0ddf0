// Runs one PostgreSQL and outlives its parent just long enough to stop it.
//
// The parent holds the other end of our stdin. However the parent ends (teardown, Ctrl-C, a crash,
// SIGKILL), the operating system closes that pipe, and the server and its data directory go.
//
// argv: base directory, uid, gid (empty: keep ours), program, arguments
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const [directory, uid, gid, program, ...args] = process.argv.slice(2);
const identity = uid === '' ? {} : { uid: Number(uid), gid: Number(gid) };
const server = spawn(program, args, { ...identity, stdio: ['ignore', 'ignore', 'inherit'] });

server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
  process.stdin.destroy();
});

server.on('exit', () => {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  process.stdin.destroy();
});

// SIGINT is PostgreSQL's "fast" shutdown: sessions are ended, files are left consistent.
const stop = () => server.kill('SIGINT');
process.stdin.on('end', stop).on('error', stop).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
// The parent's end of stderr goes away with the parent.
process.stderr.on('error', () => undefined);
