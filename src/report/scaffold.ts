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

export interface InstallFacts {
  readonly installed: 'now' | 'before';
  readonly environment: string | null;
  readonly marked: boolean;
}

export function installText({ installed, environment, marked }: InstallFacts): string[] {
  return [
    installed === 'now' ? 'The ledger was made.' : 'The ledger was there already.',
    ...(marked ? [`The database is marked ${environment ?? ''}.`] : []),
  ];
}
