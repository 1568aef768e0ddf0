import type { IdentityDifference } from '../policy/identity.ts';

export interface FileAction {
  readonly path: string;
  readonly action: 'created' | 'kept' | 'changed';
}

export function initText(actions: readonly FileAction[]): string[] {
  return [
    ...actions.map(({ path, action }) => `${action.padEnd(7)}  ${path}`),
    'Next: hygiene create purge_demo_users',
  ];
}

export function createText(files: readonly string[]): string[] {
  return [...files.map((file) => `created  ${file}`), 'Edit it, then: hygiene lint, hygiene plan'];
}

const INSTALLED = {
  now: 'The ledger was made.',
  before: 'The ledger was there already.',
  upgraded: 'The ledger was upgraded: tables and columns were added, nothing else was changed.',
} as const;

export interface InstallFacts {
  readonly installed: 'now' | 'before' | 'upgraded';
  readonly environment: string | null;
  readonly marked: boolean;
  readonly before: {
    readonly environment: string;
    readonly differences: readonly IdentityDifference[];
  } | null;
}

export function installText({ installed, environment, marked, before }: InstallFacts): string[] {
  const differences = before?.differences ?? [];
  return [
    INSTALLED[installed],
    ...(marked ? [`The database is marked ${environment ?? ''}.`] : []),
    ...(before === null ? [] : [`Before, it was marked ${before.environment}.`]),
    ...differences.map(
      ({ field, marked: was, now }) => `  ${field} was ${String(was)}, is ${String(now)}`,
    ),
  ];
}
