import { expect } from '@jest/globals';

import type { VerifyContext } from '../../src/authoring/define-hygiene.ts';
import type { CheckResult } from '../../src/authoring/expect.ts';
import { introspect } from '../../src/catalog/introspect.ts';
import type { Connection } from '../../src/database/connection.ts';
import type { HygieneError } from '../../src/kernel/errors.ts';
import { systemClock } from '../../src/kernel/ports.ts';
import type { Step } from '../../src/planner/steps.ts';
import type { Fingerprint } from '../../src/runner/checks.ts';
import type { RunnableMigration } from '../../src/runner/runnable.ts';
import {
  type Verification,
  type VerificationScope,
  verifyReadOnly,
} from '../../src/runner/verification.ts';

export type Verify = (context: VerifyContext) => Promise<void>;
export type Expects = VerifyContext['expect'];

function migration(verify: Verify, steps: readonly Step[] = []): RunnableMigration {
  return {
    id: '20260101000000_checked',
    checksum: 'sha256:0',
    description: 'A migration whose checks are tested',
    ticket: null,
    environments: null,
    requires: [],
    irreversible: null,
    budget: {},
    transaction: 'single',
    up: { kind: 'steps', steps },
    verify,
  };
}

/** What a run gives to a check that scans. */
const scanning = {
  clock: systemClock,
  signal: new AbortController().signal,
  settings: { protect: [], suppress: [] },
};

export interface Given {
  readonly steps?: readonly Step[];
  readonly before?: readonly Fingerprint[];
  readonly repeat?: VerificationScope['repeat'];
}

/** Runs a verify in the transaction that is open. */
export async function verification(
  connection: Connection,
  verify: Verify,
  given: Given = {},
): Promise<Verification> {
  const catalog = await introspect(connection, { excludeSchemas: [] });
  const scope = {
    connection,
    catalog,
    before: given.before ?? null,
    repeat: given.repeat ?? 'all',
    scanning,
  } as const;
  return verifyReadOnly(scope, migration(verify, given.steps));
}

/** The only check that the assertion makes. */
export async function outcome(
  connection: Connection,
  assertion: (expects: Expects) => Promise<CheckResult>,
  given: Given = {},
): Promise<CheckResult> {
  const { checks } = await verification(
    connection,
    async (context) => {
      await assertion(context.expect);
    },
    given,
  );
  expect(checks).toHaveLength(1);
  const [check] = checks;
  if (check === undefined) throw new Error('no check was made');
  return check;
}

export async function verifyError(
  connection: Connection,
  verify: Verify,
  given: Given = {},
): Promise<HygieneError> {
  return verification(connection, verify, given).then(
    () => Promise.reject(new Error('verify went well')),
    (error: unknown) => error as HygieneError,
  );
}
