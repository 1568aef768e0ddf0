import { cancelledError } from '../../database/cancellable.ts';
import { inReadOnly } from '../../database/reading.ts';
import { otherSessions } from '../../database/other-sessions.ts';
import { counted } from '../../kernel/counts.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { checkConnections } from '../../policy/connections.ts';
import type { Routine } from '../../policy/routine.ts';
import { transactionSettings } from '../engine.ts';
import type { EventContext } from '../events.ts';
import type { MigrationResult } from '../migration-result.ts';
import { type CommandOutcome, runCommands } from './run-commands.ts';
import { runSmoke, type SmokeOutcome, type SmokeTools } from './smoke.ts';

/** What was done beside the migrations. */
export interface AroundReport {
  readonly before: readonly CommandOutcome[];
  readonly after: readonly CommandOutcome[];
  readonly smoke: readonly SmokeOutcome[];
  /** Why somebody ran outside of the allowed hours; null: it was within, or there are none. */
  readonly outsideWindow: string | null;
}

export interface RunSurroundings {
  readonly routine: Routine;
  readonly tools: SmokeTools;
  readonly outsideWindow: string | null;
  /** True: the connections of others do no harm in the maintenance window. */
  readonly allowConnections: boolean;
}

/** Commands before and after a run, and the look at the application when it is done. */
export class AroundRun {
  readonly #context: EventContext;
  readonly #around: RunSurroundings;
  #before: readonly CommandOutcome[] = [];

  constructor(context: EventContext, around: RunSurroundings) {
    this.#context = context;
    this.#around = around;
  }

  /** @returns why nothing may be changed, or null */
  async begin(): Promise<HygieneError | null> {
    const { clock, signal, settings } = this.#context.engine;
    const { routine, tools, allowConnections } = this.#around;
    this.#before = await runCommands(routine.before, tools.place, { signal, clock, all: false });
    if (signal.aborted) return cancelledError(signal);
    const failed = this.#before.find(({ passed }) => !passed);
    if (failed !== undefined) return beforeFailed(failed);
    return settings.window === 'online' || allowConnections ? null : this.#connectionsLeft();
  }

  /** Whatever the run came to: what was stopped before it must not stay so. */
  async end(
    results: readonly MigrationResult[],
  ): Promise<{ readonly report: AroundReport; readonly error: HygieneError | null }> {
    const { engine } = this.#context;
    const { routine, tools, outsideWindow } = this.#around;
    // A signal ends the run, not what sets the application going again.
    const { signal } = new AbortController();
    const how = { signal, clock: engine.clock, all: true };
    const after = await runCommands(routine.after, tools.place, how);
    const applied = results.filter(({ outcome }) => outcome.kind.startsWith('applied'));
    const isLookedAt = applied.length > 0 && !engine.signal.aborted;
    const smoke = isLookedAt ? await runSmoke(engine, routine.smoke, tools) : [];
    const report = { before: this.#before, after, smoke, outsideWindow };
    const error = smokeFailed(smoke, applied) ?? afterFailed(after);
    await this.#record(report, error).catch((reason: unknown) => {
      // What was done is done; that it could not be written down must not hide what came of it.
      const message = reason instanceof Error ? reason.message : String(reason);
      engine.logger.warn({ reason: message }, 'what was done around the run is not in the ledger');
    });
    return { report, error };
  }

  async #connectionsLeft(): Promise<HygieneError | null> {
    const { engine } = this.#context;
    const { connection } = engine.session;
    const open = await inReadOnly(connection, transactionSettings(engine), () =>
      otherSessions(connection),
    );
    return checkConnections(open);
  }

  /** One event for all of it; none where there was nothing beside the run. */
  async #record(report: AroundReport, error: HygieneError | null): Promise<void> {
    const { before, after, smoke, outsideWindow } = report;
    if (before.length + after.length + smoke.length === 0 && outsideWindow === null) return;
    const { engine, environment, identity } = this.#context;
    const { session, names, facts } = engine;
    if (session.connection.isLost()) await session.reconnect();
    const { runId, actor, toolVersion, configFingerprint } = facts;
    await new Ledger(session.connection, names).append({
      ...{ event: 'verified', migrationId: null, generation: null },
      ...{ runId, actor, toolVersion, configFingerprint, environment, identity },
      note: noteOf(report),
      checks: smoke.map((each) => ({ ...each })),
      error: error === null ? null : { code: error.code, message: error.message },
      evidence: { before, after, outsideWindow },
    });
  }
}

function noteOf({ before, after, smoke, outsideWindow }: AroundReport): string {
  const good = smoke.filter(({ passed }) => passed).length;
  return [
    ...(before.length === 0 ? [] : [`${counted(before.length, 'command')} before the run`]),
    ...(after.length === 0 ? [] : [`${counted(after.length, 'command')} after it`]),
    ...(smoke.length === 0
      ? []
      : [`${String(good)} of ${counted(smoke.length, 'smoke check')} passed`]),
    ...(outsideWindow === null ? [] : [`outside of the allowed hours: ${outsideWindow}`]),
  ].join('; ');
}

function beforeFailed({ command, reason }: CommandOutcome): HygieneError {
  return new HygieneError('HYG_RUN_BEFORE', {
    message: `\`${command}\`, which comes before the run, failed: ${reason ?? ''}`,
    hint: 'Nothing was changed. Mend it, or take it out of `before` in the config, then run again.',
  });
}

function afterFailed(after: readonly CommandOutcome[]): HygieneError | null {
  const failed = after.filter(({ passed }) => !passed);
  if (failed.length === 0) return null;
  const lines = failed.map(({ command, reason }) => `  \`${command}\`: ${reason ?? ''}`);
  return new HygieneError('HYG_RUN_AFTER', {
    message: ['What comes after the run failed:', ...lines].join('\n'),
    hint: 'The database is as it shall be; the application may still be stopped. Run the command by hand.',
  });
}

function smokeFailed(
  smoke: readonly SmokeOutcome[],
  applied: readonly MigrationResult[],
): HygieneError | null {
  const failed = smoke.filter(({ passed }) => !passed);
  if (failed.length === 0) return null;
  const lines = failed.map(({ label, reason }) => `  ${label}: ${reason ?? ''}`);
  const ways = [...applied]
    .reverse()
    .map(({ id, irreversible }) =>
      irreversible === null
        ? `  hygiene restore ${id} --reason "smoke check failed"`
        : `  ${id} cannot be undone by hygiene: take the backup.`,
    );
  return new HygieneError('HYG_VERIFY_SMOKE', {
    message: [
      `The data is committed, but ${counted(failed.length, 'smoke check')} failed:`,
      ...lines,
    ].join('\n'),
    hint: ['If the cleanup is the cause, put the rows back:', ...ways].join('\n'),
    details: { failed },
  });
}
