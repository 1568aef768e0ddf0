import type { ApproveReport } from '../runner/approve.ts';
import type { BaselineReport } from '../runner/baseline.ts';
import type { RetireReport } from '../runner/retire.ts';
import { counted } from '../kernel/counts.ts';
import { shortDigest } from '../kernel/digest.ts';
import { checkLines } from './checks.ts';
import type { Fields } from './document.ts';
import { indented } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { shortHash } from './wording.ts';

/** What was adopted as done, and what proves it. */
export function baselineText(
  { migrations }: BaselineReport,
  style: Style = plainStyle,
): readonly string[] {
  if (migrations.length === 0) return ['Nothing is pending, so there is nothing to adopt.'];
  return [
    ...migrations.flatMap(({ id, checks, event }) => [
      `${style.green('baselined')}  ${style.bold(id)}  (ledger event ${event.seq}, hash ${shortHash(event.hash)})`,
      ...indented(
        checks.length === 0
          ? ['no lasting checks: nothing proves it but your word']
          : checks.flatMap((check) => checkLines(check, style)),
      ),
    ]),
    `No row was changed: up takes ${migrations.length === 1 ? 'it' : 'them'} for done. Next: hygiene status`,
  ];
}

export function baselineDocument({ migrations }: BaselineReport): Fields {
  return { migrations };
}

export function retireText({ id, from, event }: RetireReport): readonly string[] {
  return [
    `retired  ${id}  (was ${from}; ledger event ${event.seq}, hash ${shortHash(event.hash)})`,
    'Its file may go; its checks are not repeated. What it did stays on record: hygiene ledger',
  ];
}

export function retireDocument({ id, from, event }: RetireReport): Fields {
  return { id, from, event };
}

/** @param file where the plan is, as it was given */
export function approveText({ approved, digest }: ApproveReport, file: string): readonly string[] {
  return [
    ...approved.map(
      ({ id, event }) =>
        `approved  ${id}  (ledger event ${event.seq}, hash ${shortHash(event.hash)})`,
    ),
    `Plan ${shortDigest(digest)} of ${counted(approved.length, 'migration')}, for 7 days. Next: hygiene up --plan ${file}`,
  ];
}

export function approveDocument({ approved, digest }: ApproveReport): Fields {
  return { planDigest: digest, approved };
}
