import { z } from 'zod';

import { isSql, type Sql } from '../kernel/sql.ts';
import { type Demands, PRODUCTION } from '../policy/environment.ts';
import { type AllowedHours, weekdays } from '../policy/hours.ts';
import type { Routine, RoutineCommand, SmokeCheck } from '../policy/routine.ts';

/** What the config says of one environment, with every default filled in. */
export interface EnvironmentSettings extends Demands {
  readonly routine: Routine;
}

const MS_PER_SECOND = 1000;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 02:30');

const allowedHours = z.strictObject({
  from: timeOfDay,
  to: timeOfDay,
  timeZone: z.string().refine(isTimeZone, 'is no time zone, such as Europe/Berlin or UTC'),
  days: z.array(z.enum(weekdays)).min(1).nullable().default(null),
}) satisfies z.ZodType<AllowedHours>;

const seconds = z.number().positive().max(86_400);

const command = z
  .union([
    z.string().min(1),
    z.strictObject({ command: z.string().min(1), timeoutSeconds: seconds.default(60) }),
  ])
  .transform((given): RoutineCommand => {
    const { command: line, timeoutSeconds } =
      typeof given === 'string' ? { command: given, timeoutSeconds: 60 } : given;
    return { command: line, timeoutMs: timeoutSeconds * MS_PER_SECOND };
  });

const sql = z.custom<Sql>(isSql, 'must be an sql template, such as sql`select …`');
const about = { name: z.string().min(1), timeoutSeconds: seconds.default(30) };

const smoke = z
  .union(
    [
      z.strictObject({ ...about, command: z.string().min(1) }),
      z.strictObject({ ...about, url: z.url(), status: z.number().int().default(200) }),
      z.strictObject({ ...about, sql }),
      z.strictObject({
        ...about,
        login: z.strictObject({ hash: sql, password: z.string().optional() }),
      }),
      z.strictObject({ ...about, dashboard: z.literal(true) }),
    ],
    'must have a name and one of command, url, sql, login: { hash, password } or dashboard: true',
  )
  .transform(({ name, timeoutSeconds, ...what }): SmokeCheck => {
    const common = { name, timeoutMs: timeoutSeconds * MS_PER_SECOND };
    if ('command' in what) return { ...common, kind: 'command', command: what.command };
    if ('url' in what) return { ...common, kind: 'url', url: what.url, status: what.status };
    if ('sql' in what) return { ...common, kind: 'sql', sql: what.sql };
    if ('dashboard' in what) return { ...common, kind: 'dashboard' };
    const { hash, password } = what.login;
    return { ...common, kind: 'login', hash, password };
  });

export const environmentSchema = z.strictObject({
  confirm: z.boolean().default(false),
  budget: z.boolean().default(false),
  approval: z.boolean().default(false),
  allowedHours: z
    .union([allowedHours, z.array(allowedHours)])
    .transform((given): readonly AllowedHours[] => [given].flat())
    .default([]),
  backup: z
    .strictObject({
      maxAgeHours: z.number().positive().default(24),
      mustBeRestoreTested: z.boolean().optional(),
    })
    .nullable()
    .default(null),
  before: z.array(command).default([]),
  after: z.array(command).default([]),
  smoke: z.array(smoke).default([]),
});

/** What is not said is stricter in production. */
export function toEnvironment(
  marker: string,
  { backup, before, after, smoke: checks, ...given }: z.output<typeof environmentSchema>,
): EnvironmentSettings {
  const routine = { before, after, smoke: checks };
  if (backup === null) return { ...given, routine, backup };
  const { maxAgeHours, mustBeRestoreTested = marker === PRODUCTION } = backup;
  return { ...given, routine, backup: { maxAgeHours, mustBeRestoreTested } };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
