import { HygieneError } from '../kernel/errors.ts';
import type { InspectedGuard } from '../runner/guards/inspect-guards.ts';
import type { VerifiedMigration, VerifyReport } from '../runner/verify-applied.ts';
import { checkLines } from './checks.ts';
import type { Fields } from './document.ts';
import { guardFailure, inspectedFields } from './guard.ts';
import { indented, wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { counted, grouped } from '../kernel/counts.ts';
import { moment } from './wording.ts';

export function verifyText(report: VerifyReport, style: Style = plainStyle): string[] {
  const { migrations, guards, held, pending, notRecorded } = report;
  const { checks, failed, obsolete } = verifyTotals(report);
  const asides = [
    ...held.map((id) => `held: ${id} (its rows were restored; its checks are left out)`),
    ...(pending.length === 0
      ? []
      : [`${counted(pending.length, 'migration')} pending: hygiene plan`]),
  ];
  if (migrations.length === 0)
    return [...asides, 'Nothing to verify: no migration was applied here.'];
  const parts = [
    `${counted(checks, 'lasting check')} of ${counted(migrations.length, 'migration')}`,
    failed === 0 ? 'none failed' : `${grouped(failed)} failed`,
    ...(obsolete === 0 ? [] : [`${grouped(obsolete)} obsolete`]),
  ];
  return [
    ...migrations.flatMap((migration) => [
      ...migrationLines(migration, style),
      ...guardLines(guards, migration.id, style),
    ]),
    '',
    ...asides,
    style.bold(`${parts.join(', ')}.`),
    ...(notRecorded === null ? [] : [`Not recorded: ${notRecorded}.`]),
    ...(failed === 0 ? ['Next: hygiene report'] : []),
  ];
}

function migrationLines({ id, appliedAt, checks }: VerifiedMigration, style: Style): string[] {
  const when = appliedAt === null ? '' : `  (applied ${moment(appliedAt)})`;
  return [
    `${style.bold(id)}${style.dim(when)}`,
    ...indented(
      checks.length === 0
        ? ['no lasting checks: all were proven once, before commit']
        : checks.flatMap((check) => checkLines(check, style)),
    ),
  ];
}

function guardLines(guards: readonly InspectedGuard[], id: string, style: Style): string[] {
  return guards
    .filter(({ migrationId, state }) => migrationId === id && state !== 'off')
    .flatMap(({ guard, state, isBroken }) => {
      const word = isBroken ? style.red('FAILED') : style.green('ok    ');
      return wrapped(`  ${word}  guard ${guard.name} on ${guard.table.toString()}: ${state}`, 98);
    });
}

function verifyTotals({ migrations }: VerifyReport): {
  readonly checks: number;
  readonly failed: number;
  readonly obsolete: number;
} {
  const checks = migrations.flatMap((migration) => migration.checks);
  return {
    checks: checks.length,
    failed: checks.filter(({ passed }) => !passed).length,
    obsolete: checks.filter((check) => check.obsolete === true).length,
  };
}

/**
 * What a verify ends with, or null when all holds.
 * @param strict an obsolete check is a failure too
 */
export function verifyFailure(report: VerifyReport, strict: boolean): HygieneError | null {
  const failing = report.migrations.flatMap(({ id, checks }) =>
    checks
      .filter((check) => !check.passed || (strict && check.obsolete === true))
      .map((check) => ({ migration: id, ...check })),
  );
  if (failing.length === 0) return guardFailure(report.guards);
  const lines = failing.map(({ migration, label, expected, actual, obsolete }) =>
    obsolete === true
      ? `  ${migration}: ${label}: obsolete, ${actual}`
      : `  ${migration}: ${label}: expected ${expected}, found ${actual}`,
  );
  return new HygieneError('HYG_VERIFY_FAILED', {
    message: [`${counted(failing.length, 'lasting check')} failed:`, ...lines].join('\n'),
    hint: failing.every(({ obsolete }) => obsolete === true)
      ? 'What these checks look at is gone. Without --strict that is said, and is no failure.'
      : 'What was removed has come back. Find what writes it (a seed script?), then purge it again.',
    details: { failed: failing },
  });
}

export function verifyDocument(report: VerifyReport): Fields {
  const { migrations, guards, held, pending, notRecorded } = report;
  const totals = verifyTotals(report);
  return { totals, migrations, guards: guards.map(inspectedFields), held, pending, notRecorded };
}
