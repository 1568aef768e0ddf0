import { z } from 'zod';

import {
  type Contact,
  isDefinedConfig,
  type SideEffect,
  type Suppression,
} from '../authoring/define-config.ts';
import { HygieneError } from '../kernel/errors.ts';
import { defaultLedgerNames, type LedgerNames } from '../ledger/names.ts';
import { isSql, type Sql } from '../kernel/sql.ts';
import { isRowSet, type RowSet } from '../planner/steps.ts';
import { type ConfiguredPage, dashboardSchema } from './dashboard-config.ts';
import {
  type EnvironmentSettings,
  environmentSchema,
  toEnvironment,
} from './environment-config.ts';
import type { Importer } from '../runner/importer.ts';
import { defaultExport, importModule } from '../runner/load.ts';

/** `hygiene/config`, checked, with every default filled in. */
export interface Config {
  readonly protect: readonly RowSet[];
  readonly names: LedgerNames;
  readonly retentionDays: number;
  readonly environments: Readonly<Record<string, EnvironmentSettings>>;
  /** Share of the planned rows by which a count may differ from the plan. */
  readonly planTolerance: number;
  readonly sideEffects: readonly SideEffect[];
  readonly contacts: readonly Contact[];
  /** The throttle is null where none is set. */
  readonly batches: { readonly throttle: Sql | null };
  readonly scan: { readonly suppress: readonly Suppression[] };
  readonly dashboard: { readonly pages: readonly ConfiguredPage[] };
}

/** PostgreSQL cuts longer names, and nothing in these schemas is counted: they must be ours alone. */
const ownSchema = z
  .string()
  .min(1)
  .refine((name) => Buffer.byteLength(name) <= 63, 'is longer than 63 bytes')
  .refine((name) => name !== 'public' && !/^pg_|^information_schema$/.test(name), {
    error: 'must be a schema of its own: what is in it belongs to hygiene alone',
  });
const table = z.union([z.string().min(1), z.tuple([z.string().min(1), z.string().min(1)])]);

const schema = z.strictObject({
  protect: z.array(z.custom<RowSet>(isRowSet, 'must be made by rows(table, …)')).default([]),
  schemas: z
    .strictObject({
      ledger: ownSchema.default(defaultLedgerNames.schema),
      archive: ownSchema.default(defaultLedgerNames.archiveSchema),
    })
    .refine(({ ledger, archive }) => ledger !== archive, 'ledger and archive must differ')
    .prefault({}),
  retentionDays: z.number().int().positive().default(30),
  environments: z.record(z.string(), environmentSchema).default({}),
  planTolerance: z.number().min(0).max(1).default(0),
  sideEffects: z
    .array(
      z.strictObject({
        table,
        reason: z.string().min(3),
        perRemovedRow: z.number().positive().default(1),
      }),
    )
    .default([]),
  contacts: z
    .array(z.strictObject({ name: z.string().min(1), how: z.string().min(1) }))
    .default([]),
  batches: z
    .strictObject({
      throttle: z
        .custom<Sql>(isSql, 'must be an sql template, such as sql`select …`')
        .nullable()
        .default(null),
    })
    .prefault({}),
  scan: z
    .strictObject({
      suppress: z
        .array(
          z.strictObject({
            table,
            column: z.string().min(1),
            pattern: z.union([z.string().min(1), z.instanceof(RegExp)]),
            reason: z.string().min(3),
          }),
        )
        .default([]),
    })
    .prefault({}),
  dashboard: dashboardSchema,
});

/** What a project without a config file gets. */
export const defaultConfig: Config = toConfig(schema.parse({}));

/**
 * Loads and checks a config file.
 * @throws HygieneError HYG_CONFIG_INVALID with all problems at once
 */
export async function loadConfig(path: string, importer: Importer): Promise<Config> {
  const exported = await importModule(path, importer);
  if (exportsNothing(exported))
    throw invalid(path, ['it exports nothing, so nothing in it counts']);
  const parsed = schema.safeParse(withoutBrand(defaultExport(exported)));
  if (!parsed.success) throw invalid(path, problemsOf(parsed.error));
  return toConfig(parsed.data);
}

function toConfig({ schemas, ...settings }: z.output<typeof schema>): Config {
  const environments = Object.fromEntries(
    Object.entries(settings.environments).map(([marker, each]) => [
      marker,
      toEnvironment(marker, each),
    ]),
  );
  return {
    ...settings,
    environments,
    names: { schema: schemas.ledger, archiveSchema: schemas.archive },
  };
}

/** A forgotten `export default` must not pass for a config that protects nothing. */
function exportsNothing(exported: unknown): boolean {
  if (typeof exported !== 'object' || exported === null) return exported === undefined;
  return Object.keys(exported).length === 0 && !isDefinedConfig(exported);
}

/** The mark of defineConfig is a symbol, which no schema names. */
function withoutBrand(exported: unknown): unknown {
  return typeof exported === 'object' && exported !== null && !Array.isArray(exported)
    ? Object.fromEntries(Object.entries(exported))
    : exported;
}

function problemsOf(error: z.ZodError): readonly string[] {
  return error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
}

function invalid(path: string, problems: readonly string[]): HygieneError {
  const shown = problems.slice(0, 8).map((problem) => `  ${problem}`);
  const more = problems.length > 8 ? [`  and ${String(problems.length - 8)} more`] : [];
  return new HygieneError('HYG_CONFIG_INVALID', {
    message: [
      `${path} has ${String(problems.length)} ${problems.length === 1 ? 'problem' : 'problems'}:`,
      ...shown,
      ...more,
    ].join('\n'),
    hint: 'export default defineConfig({ … }); docs/configuration.md lists every setting.',
    details: { problems },
  });
}
