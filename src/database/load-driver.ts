import type * as postgres from './postgres-connection.ts';

/**
 * Loads what speaks to a server; a command that needs none never does. Where there is no `navigator`, which
 * Node has since version 21, the driver makes a Response to learn whether it runs at Cloudflare: for that
 * Node loads all of fetch, and every start would take a tenth longer.
 */
export async function loadDriver(): Promise<typeof postgres> {
  if ('navigator' in globalThis) return import('./postgres-connection.ts');
  const value = { userAgent: `Node.js/${process.versions.node}` };
  Object.defineProperty(globalThis, 'navigator', { value, configurable: true });
  try {
    return await import('./postgres-connection.ts');
  } finally {
    Reflect.deleteProperty(globalThis, 'navigator');
  }
}
