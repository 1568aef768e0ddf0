import { z } from 'zod';

import type { Contact, SideEffect } from '../authoring/define-config.ts';
import { HygieneError } from '../kernel/errors.ts';
import { defaultLedgerNames, type LedgerNames } from '../ledger/names.ts';
import { isRowSet, type RowSet } from '../planner/steps.ts';
import { defaultExport, type Importer, importModule } from '../runner/load.ts';

/** `hygiene/config`, checked, with every default filled in. */
export interface Config {
  readonly protect: readonly RowSet[];
  readonly names: LedgerNames;
  readonly retentionDays: number;
  readonly environments: Readonly<Record<string, { readonly confirm?: boolean | undefined }>>;
  readonly sideEffects: readonly SideEffect[];
  readonly contacts: readonly Contact[];
}

export const defaultConfig: Config = {
  protect: [],
  names: defaultLedgerNames,
  retentionDays: 30,
  environments: {},
  sideEffects: [],
  contacts: [],
};

const identifier = z.string().min(1).max(63);
const table = z.union([z.string().min(1), z.tuple([z.string().min(1), z.string().min(1)])]);

const schema = z.strictObject({
  protect: z.array(z.custom<RowSet>(isRowSet, 'must be made by rows(table, …)')).optional(),
  schemas: z
    .strictObject({ ledger: identifier.optional(), archive: identifier.optional() })
    .optional(),
  retentionDays: z.number().int().positive().optional(),
  environments: z
    .record(z.string(), z.strictObject({ confirm: z.boolean().optional() }))
    .optional(),
  sideEffects: z
    .array(
      z.strictObject({
        table,
        reason: z.string().min(3),
        perRemovedRow: z.number().positive().optional(),
      }),
    )
    .optional(),
  contacts: z.array(z.strictObject({ name: z.string().min(1), how: z.string().min(1) })).optional(),
});

/**
 * Loads and checks a config file.
 * @throws HygieneError HYG_CONFIG_INVALID with all problems at once
 */
export async function loadConfig(path: string, importer: Importer): Promise<Config> {
  const exported = defaultExport(await importModule(path, importer));
  const parsed = schema.safeParse(exported);
  if (!parsed.success) throw invalid(path, parsed.error);
  const { schemas, protect, retentionDays, environments, contacts } = parsed.data;
  return {
    protect: protect ?? defaultConfig.protect,
    names: {
      schema: schemas?.ledger ?? defaultLedgerNames.schema,
      archiveSchema: schemas?.archive ?? defaultLedgerNames.archiveSchema,
    },
    retentionDays: retentionDays ?? defaultConfig.retentionDays,
    environments: environments ?? {},
    sideEffects: (parsed.data.sideEffects ?? []) as readonly SideEffect[],
    contacts: contacts ?? [],
  };
}

function invalid(path: string, error: z.ZodError): HygieneError {
  const problems = error.issues.map(({ path: where, message }) =>
    where.length === 0 ? message : `${where.join('.')}: ${message}`,
  );
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
