#!/usr/bin/env node
import { readFileSync } from 'node:fs';

const argv = process.argv.slice(2);

if (argv[0] === '--version') {
  // Answered before anything is loaded: shells and installers ask often.
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  process.stdout.write(`${(JSON.parse(manifest) as { version: string }).version}\n`);
} else {
  await start();
}

async function start(): Promise<void> {
  const [{ main }, { HygieneError }] = await Promise.all([
    import('./main.ts'),
    import('../kernel/errors.ts'),
  ]);
  const controller = new AbortController();
  const stopOn = (name: 'SIGINT' | 'SIGTERM', exitCode: number): void => {
    // Once: a second signal has its ordinary effect and ends the process at once.
    process.once(name, () => {
      controller.abort(
        new HygieneError('HYG_RUN_CANCELLED', {
          message: `Stopped by ${name}.`,
          hint: 'What was committed stays; the running migration was rolled back. Run again to go on.',
          details: { signal: name, exitCode },
        }),
      );
    });
  };
  stopOn('SIGINT', 130);
  stopOn('SIGTERM', 143);
  // The reader of a pipe may leave early, as `head` does: no reason to fail.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  process.exitCode = await main(argv, {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTty: process.stdout.isTTY,
    columns: process.stdout.isTTY ? process.stdout.columns : 100,
    stderrIsTty: process.stderr.isTTY,
    stderrColumns: () => (process.stderr.isTTY ? process.stderr.columns : 100),
    cwd: process.cwd(),
    variables: process.env,
    signal: controller.signal,
  });
}
