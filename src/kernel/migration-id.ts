const MIGRATION_ID = /^(\d{14})_([a-z0-9][a-z0-9_]*)$/;

/** The parts of a migration id such as `20260112090000_purge_demo_users`, or null if it is none. */
export function parseMigrationId(id: string): { version: string; name: string } | null {
  const match = MIGRATION_ID.exec(id);
  const [, version, name] = match ?? [];
  return version === undefined || name === undefined ? null : { version, name };
}

/** `purge Demo-users` → `purge_demo_users`; empty when nothing usable is left. */
export function snakeName(text: string): string {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

/** UTC `yyyymmddHHMMSS`. */
export function versionAt(time: Date): string {
  return time.toISOString().replaceAll(/\D/g, '').slice(0, 14);
}
