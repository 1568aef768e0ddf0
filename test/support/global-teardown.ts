import { rmSync } from 'node:fs';

export default async function stopServer(): Promise<void> {
  await globalThis.hygieneTestServer?.stop();
  const embedded = process.env['HYGIENE_TEST_EMBEDDED'];
  if (embedded !== undefined) rmSync(embedded, { recursive: true, force: true });
}
