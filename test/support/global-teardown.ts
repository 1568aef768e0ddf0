import { rmSync } from 'node:fs';

export default async function stopServer(): Promise<void> {
  await globalThis.hygieneTestServer?.stop();
  const directory = globalThis.hygieneTestDirectory;
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
}
