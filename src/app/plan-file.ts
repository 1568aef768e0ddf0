import { z } from 'zod';

import { HygieneError } from '../kernel/errors.ts';
import { bindingDigest, type PlanFile } from '../policy/plan-binding.ts';
import { readJsonFile } from './read-json-file.ts';

const count = z.number().int().nonnegative();

const schema = z.object({
  schemaVersion: z.literal(1),
  createdAt: z.iso.datetime(),
  toolVersion: z.string(),
  environment: z.string().nullable(),
  identity: z.record(z.string(), z.union([z.string(), z.number()]).nullable()),
  window: z.enum(['online', 'maintenance']),
  strategy: z.enum(['delete', 'detach', 'rewrite']).nullable(),
  migrations: z.array(
    z.object({
      id: z.string(),
      checksum: z.string(),
      tables: z.array(z.object({ table: z.string(), removed: count, changed: count })),
    }),
  ),
  protectedSets: z.string(),
  schema: z.record(z.string(), z.string()),
  digest: z.string(),
}) satisfies z.ZodType<PlanFile>;

/** @throws HygieneError HYG_USAGE, or HYG_REFUSED_PLAN where somebody edited it */
export function readPlanFile(cwd: string, path: string): PlanFile {
  const hint = 'hygiene plan --out FILE   writes one';
  const plan = readJsonFile({ cwd, path, what: 'plan', schema, hint });
  if (bindingDigest(plan) === plan.digest) return plan;
  throw new HygieneError('HYG_REFUSED_PLAN', {
    message: `${path} was edited: what it says has another digest than the one it carries.`,
    hint,
  });
}
