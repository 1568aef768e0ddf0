import { isFailure, type TargetOutcome, type TargetResult } from '../../fleet/outcome.ts';
import { runWaves } from '../../fleet/run-waves.ts';
import type { FleetStatusRow } from '../../fleet/status-row.ts';
import { takeTurns } from '../../fleet/take-turns.ts';
import { splitIntoWaves, type WaveSizes } from '../../fleet/waves.ts';
import { HygieneError, toHygieneError } from '../../kernel/errors.ts';
import { noProgress } from '../../kernel/progress.ts';
import { rowTotals } from '../../report/up.ts';
import type { ConnectOptions, World } from '../compose.ts';
import { type FleetTarget, readTargets, type TargetsSource } from '../fleet-targets.ts';
import { statusOperation } from './status.ts';
import { upOperation } from './up.ts';

export interface FleetOptions extends ConnectOptions {
  readonly targets: TargetsSource;
  /** Targets that are worked on at one time. */
  readonly concurrency: number;
}

export interface FleetUpOptions extends FleetOptions, WaveSizes {
  /** True: a failure does not end the run. */
  readonly goOn: boolean;
  /** How many targets are meant, where they must be confirmed; null: nothing was said. */
  readonly confirmTargets: number | null;
  readonly onTargetEnded?: (result: TargetResult) => void;
}

export interface FleetUpReport {
  /** Each target once, in the order of the waves. */
  readonly results: readonly TargetResult[];
  readonly waves: number;
  readonly error: HygieneError | null;
}

export interface FleetStatusReport {
  /** Each target once, in the order of the list. */
  readonly rows: readonly FleetStatusRow[];
  readonly error: HygieneError | null;
}

/** Applies what is pending on each target: the canary first, then wave by wave. */
export async function fleetUpOperation(
  world: World,
  options: FleetUpOptions,
): Promise<FleetUpReport> {
  const targets = await readTargets(world, options.targets);
  assertCount(targets, options.confirmTargets);
  const waves = splitIntoWaves(targets, options);
  const results = await runWaves({
    ...{ waves, concurrency: options.concurrency, goOn: options.goOn, signal: world.signal },
    run: (target) => upOnTarget(world, options, target),
    onResult: (result) => options.onTargetEnded?.(result),
  });
  return { results, waves: waves.length, error: fleetError(results) };
}

/** @throws HygieneError HYG_REFUSED_CONFIRM where another number was meant */
export function assertCount(targets: readonly FleetTarget[], confirmed: number | null): void {
  if (confirmed === null || confirmed === targets.length) return;
  throw new HygieneError('HYG_REFUSED_CONFIRM', {
    message: `--confirm-targets says ${String(confirmed)}, but ${String(targets.length)} targets are named.`,
    hint: `Look at the list first. If all of them are meant: --confirm-targets ${String(targets.length)}`,
  });
}

type UpOnTarget = ConnectOptions & Pick<FleetUpOptions, 'confirmTargets'>;

/** Whatever happens to one target is a result: the others must not suffer from it. */
export async function upOnTarget(
  world: World,
  options: UpOnTarget,
  target: FleetTarget,
): Promise<TargetOutcome> {
  const startedAt = world.clock.monotonicMs();
  const took = (): number => Math.round(world.clock.monotonicMs() - startedAt);
  try {
    const { results, error } = await upOperation(worldOf(world), {
      ...onTarget(options, target),
      execOrder: 'linear',
      confirm: options.confirmTargets === null ? null : target.database,
    });
    const kinds = results.map(({ outcome }) => outcome.kind);
    const applied = kinds.filter((kind) => kind.startsWith('applied')).length;
    const state = error === null ? stateOf(kinds) : 'failed';
    return { state, ...told(error), applied, ...rowTotals(results), durationMs: took() };
  } catch (thrown) {
    const error = toHygieneError(thrown);
    const nothing = { applied: 0, removed: 0, changed: 0, durationMs: took() };
    return { state: 'failed', ...told(error), ...nothing };
  }
}

function told(error: HygieneError | null): Pick<TargetOutcome, 'code' | 'message'> {
  return { code: error?.code ?? null, message: error?.message ?? null };
}

function stateOf(kinds: readonly string[]): TargetOutcome['state'] {
  if (kinds.includes('in_progress')) return 'in progress';
  if (kinds.some((kind) => kind.startsWith('applied'))) return 'applied';
  return kinds.includes('skipped') ? 'skipped' : 'nothing to do';
}

/** Nobody watches one target of many. */
function worldOf(world: World): World {
  return { ...world, progress: noProgress, onTarget: () => undefined };
}

function onTarget(options: ConnectOptions, { url, names }: FleetTarget): ConnectOptions {
  const meant = { ...options, databaseUrl: url, env: null, embedded: false };
  return names === null ? meant : { ...meant, names };
}

/** @returns HYG_FLEET_FAILED with the first that failed, or null */
export function fleetError(
  results: readonly Pick<TargetResult, 'name' | 'outcome'>[],
): HygieneError | null {
  const bad = results.filter(isFailure);
  const [first] = bad.filter(({ outcome }) => outcome !== null);
  if (bad.length === 0) return null;
  const left = bad.filter(({ outcome }) => outcome === null).length;
  const parts = [
    `${String(bad.length - left)} of ${String(results.length)} targets failed`,
    ...(left === 0 ? [] : [`${String(left)} were not begun`]),
  ];
  const why = first === undefined ? '' : `\n${theFirst({ ...first, ...first.outcome })}`;
  return new HygieneError('HYG_FLEET_FAILED', {
    message: `${parts.join(', ')}.${why}`,
    hint: 'Mend the cause, then run the same line again: what is done is not done twice.',
    details: { failed: bad.map(({ name }) => name) },
  });
}

function theFirst(told: {
  readonly name: string;
  readonly code?: string | null;
  readonly message?: string | null;
}): string {
  return `The first, ${told.name}: ${told.code ?? ''}: ${told.message ?? ''}`;
}

/** Where every target stands; one that cannot be asked has a row too. */
export async function fleetStatusOperation(
  world: World,
  options: FleetOptions,
): Promise<FleetStatusReport> {
  const targets = await readTargets(world, options.targets);
  const rows = new Map<string, FleetStatusRow>();
  await takeTurns(targets, options.concurrency, async (target) => {
    rows.set(target.name, await statusOfTarget(world, options, target));
  });
  const all = targets.flatMap(({ name }) => rows.get(name) ?? []);
  return { rows: all, error: statusError(all) };
}

function statusError(rows: readonly FleetStatusRow[]): HygieneError | null {
  const bad = rows.filter(({ code }) => code !== null);
  const [first] = bad;
  if (first === undefined) return null;
  return new HygieneError('HYG_FLEET_FAILED', {
    message: `${String(bad.length)} of ${String(rows.length)} targets have a problem.\n${theFirst(first)}`,
    hint: 'hygiene status --database-url URL   tells all of it.',
  });
}

async function statusOfTarget(
  world: World,
  options: ConnectOptions,
  target: FleetTarget,
): Promise<FleetStatusRow> {
  const { name } = target;
  try {
    const report = await statusOperation(worldOf(world), onTarget(options, target));
    const count = (status: string): number =>
      report.migrations.filter((each) => each.status === status).length;
    const { environment, pending, problem } = report;
    const counts = { applied: count('applied'), pending: pending.length, failed: count('failed') };
    return { name, reached: true, environment, ...counts, ...told(problem) };
  } catch (thrown) {
    const counts = { applied: 0, pending: 0, failed: 0 };
    return { name, reached: false, environment: null, ...counts, ...told(toHygieneError(thrown)) };
  }
}
