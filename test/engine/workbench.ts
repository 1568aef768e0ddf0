import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ConnectOptions, World } from '../../src/app/compose.ts';
import { planOperation } from '../../src/app/operations/plan.ts';
import { rehearseOperation } from '../../src/app/operations/rehearse.ts';
import { reapplyOperation, restoreOperation } from '../../src/app/operations/restore.ts';
import { upOperation, type UpOperationReport } from '../../src/app/operations/up.ts';
import { verifyOperation } from '../../src/app/operations/verify.ts';
import type { HygieneError } from '../../src/kernel/errors.ts';
import { silentLogger, systemClock, systemRandom } from '../../src/kernel/ports.ts';
import type { Evidence } from '../../src/runner/evidence.ts';
import type { ExecOrder } from '../../src/runner/pending.ts';

type RestoreChanges = Partial<
  ConnectOptions & { dryRun: boolean; skipExisting: boolean; reason: string; confirm: string }
>;

/** A migrations directory and the verbs over it, as a program that uses the library would call them. */
export class Workbench {
  readonly directory = mkdtempSync(join(tmpdir(), 'hygiene-test-'));
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
    mkdirSync(join(this.directory, 'hygiene'));
  }

  /** Writes a file below `hygiene/`, such as `20260101000000_purge_users.ts`. */
  write(name: string, text: string): this {
    writeFileSync(join(this.directory, 'hygiene', name), text);
    return this;
  }

  remove(name: string): this {
    rmSync(join(this.directory, 'hygiene', name));
    return this;
  }

  world(changes: Partial<World> = {}): World {
    return {
      cwd: this.directory,
      variables: {},
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
      signal: new AbortController().signal,
      ...changes,
    };
  }

  options(changes: Partial<ConnectOptions> = {}): ConnectOptions {
    return {
      dir: 'hygiene',
      config: null,
      databaseUrl: this.#url,
      env: null,
      embedded: false,
      knexfile: null,
      runLockTimeoutMs: 20_000,
      rowLockTimeoutMs: 3_000,
      statementTimeoutMs: null,
      window: 'online',
      strategy: null,
      ...changes,
    };
  }

  up(
    changes: Partial<ConnectOptions & { confirm: string; execOrder: ExecOrder }> = {},
  ): Promise<UpOperationReport> {
    return upOperation(this.world(), {
      ...this.options(changes),
      confirm: changes.confirm ?? null,
      execOrder: changes.execOrder ?? 'linear',
    });
  }

  /** The error that ends an `up`, whether it came before or while something ran. */
  async upError(changes: Parameters<Workbench['up']>[0] = {}): Promise<HygieneError> {
    const error = await this.up(changes).then(
      (report) => report.error,
      (thrown: unknown) => thrown as HygieneError,
    );
    if (error === null) throw new Error('up was expected to fail');
    return error;
  }

  plan(): ReturnType<typeof planOperation> {
    return planOperation(this.world(), { ...this.options(), execOrder: 'linear' });
  }

  restore(id: string, changes: RestoreChanges = {}): ReturnType<typeof restoreOperation> {
    const {
      dryRun = false,
      skipExisting = false,
      reason = null,
      confirm = null,
      ...connect
    } = changes;
    const options = { ...this.options(connect), id, dryRun, skipExisting, reason, confirm };
    return restoreOperation(this.world(), options);
  }

  /** The error that ends a restore. */
  restoreError(id: string, changes: RestoreChanges = {}): Promise<HygieneError> {
    return this.restore(id, changes).then(
      () => {
        throw new Error('restore was expected to fail');
      },
      (thrown: unknown) => thrown as HygieneError,
    );
  }

  reapply(id: string, reason = 'a test'): ReturnType<typeof reapplyOperation> {
    return reapplyOperation(this.world(), { ...this.options(), id, reason });
  }

  rehearse(
    id: string | null = null,
    changes: Partial<ConnectOptions> = {},
  ): ReturnType<typeof rehearseOperation> {
    return rehearseOperation(this.world(), { ...this.options(changes), id, execOrder: 'linear' });
  }

  verify(): ReturnType<typeof verifyOperation> {
    return verifyOperation(this.world(), this.options());
  }
}

/** What an applied migration proved; anything else that became of it fails the test. */
export function evidenceOf(
  { error, results }: Pick<UpOperationReport, 'error' | 'results'>,
  at = 0,
): Evidence {
  if (error !== null) throw error;
  const outcome = results[at]?.outcome;
  if (outcome?.kind !== 'applied') throw new Error(`not applied but ${String(outcome?.kind)}`);
  return outcome.evidence;
}

/** The usual migration: purges the demo users of the sample application. */
export function purgeDemoUsers(
  changes: { readonly options?: string; readonly verify?: string } = {},
): string {
  const options =
    changes.options ??
    `dependents: { live_sessions: 'purge', reports: 'purge', payments: 'nullify', subscriptions: 'purge' },
     budget: { max: 5_000 },`;
  return `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';

const demoUsers = rows('users', sql\`email ~* '@example[.](com|org|net)$'\`);

export default defineHygiene({
  description: 'Remove the demo accounts that the old seed script left behind',
  up: purge(demoUsers, { ${options} }),
  async verify({ expect }) {
    ${changes.verify ?? "await expect.none(demoUsers);\n    await expect.atLeast('admins', 1);"}
  },
});
`;
}

/** The same in batches. */
export function purgeInBatches(
  changes: {
    readonly options?: string;
    readonly verify?: string;
    readonly predicate?: string;
  } = {},
): string {
  return purgeDemoUsers(changes)
    .replace('  up: purge', "  transaction: 'batched',\n  up: purge")
    .replace(
      "email ~* '@example[.](com|org|net)$'",
      changes.predicate ?? "email like '%@example.com'",
    );
}

/** A migration from its \`up\` and \`verify\` bodies. */
export function migration(parts: {
  readonly up: string;
  readonly verify?: string;
  readonly more?: string;
  readonly before?: string;
}): string {
  return `
import { defineHygiene, id, purge, rows, scrub, sql } from 'pg-hygiene';
${parts.before ?? ''}
export default defineHygiene({
  description: 'A migration of the tests',
  ${parts.more ?? ''}
  up: ${parts.up},
  async verify({ expect, ...context }) {
    ${parts.verify ?? "await expect.atLeast('admins', 0);"}
  },
});
`;
}
