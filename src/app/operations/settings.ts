import { relative } from 'node:path';

import { isSql, maskedSql } from '../../kernel/sql.ts';
import { isRowSet } from '../../planner/steps.ts';
import { openProject, type ProjectOptions, type World } from '../compose.ts';

export interface ConfigSetting {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

const SECRET = /pass|secret|token|credential|private|api_?key/i;

/**
 * Each setting of the config file, as it counts, and whether the file says so.
 * @throws HygieneError HYG_CONFIG_INVALID
 */
export async function configSettings(
  world: World,
  options: ProjectOptions,
): Promise<readonly ConfigSetting[]> {
  const project = openProject(world, options);
  const { names, ...others } = await project.config();
  const written = await project.writtenSettings();
  const file = project.configPath === null ? '' : relative(world.cwd, project.configPath);
  const settings = { ...others, schemas: { ledger: names.schema, archive: names.archiveSchema } };
  return Object.entries(settings).map(([name, value]) => ({
    name,
    value: SECRET.test(name) ? '***' : shown(value),
    source: written.has(name) ? file : 'default',
  }));
}

/** Row sets by their table, SQL without its values, secrets not at all. */
function shown(value: unknown): string {
  if (isSql(value)) return maskedSql(value);
  if (isRowSet(value)) return `rows of ${[value.table].flat().join('.')}`;
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(
    ([name, each]) => `${name}: ${SECRET.test(name) ? '***' : shown(each)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
