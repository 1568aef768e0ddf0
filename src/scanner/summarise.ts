import type { Evidence } from './evidence.ts';
import type { Apart, Finding, FindingKind } from './finding.ts';
import type { ScannedFacts } from './scan-result.ts';
import type { ScannedRow } from './scanned-rows.ts';
import { SEED_FROM, type TableState } from './scan-state.ts';
import { LOWEST_SCORE } from './score.ts';

/** Of one table, the surest first. */
export function findingsOf(state: TableState, minScore: number): readonly Finding[] {
  const { table } = state.scanned;
  const findings: Finding[] = [];
  for (const row of state.rows) {
    const { key, score, evidence } = row;
    const kind = kindOf(state, row);
    if (kind !== null && score >= minScore) findings.push({ table, key, score, kind, evidence });
  }
  return findings.sort((a, b) => b.score - a.score);
}

/** Null: the row is spared. */
export function kindOf(state: TableState, { key, evidence }: ScannedRow): FindingKind | null {
  if (state.admins.has(key)) {
    return evidence.some(isDefaultPassword) ? 'admin-default-password' : null;
  }
  if (state.isSpared(key)) return null;
  if (evidence.some(isOwnText)) return 'seed-text';
  if (evidence.some(({ family }) => family === 'credential')) return 'default-password';
  return evidence.some(({ detector }) => detector === 'owned-by-seed')
    ? 'owned-by-seed'
    : 'seed-group';
}

export const DEFAULT_PASSWORD = 'default-password';

function isDefaultPassword({ detector }: Evidence): boolean {
  return detector === DEFAULT_PASSWORD;
}

/** What is worth something by itself; weak evidence only helps what else was found. */
function isOwnText({ family, strength }: Evidence): boolean {
  return family !== 'credential' && family !== 'group' && strength !== 'weak';
}

/** The rows of one table that look like seed data, or hang on it, and are left out. */
export function apartOf(state: TableState): readonly Apart[] {
  const { table } = state.scanned;
  const admins = state.rows
    .from(SEED_FROM)
    .filter(({ key, evidence }) => state.admins.has(key) && !evidence.some(isDefaultPassword));
  const apart: Apart[] = [
    { table, reason: 'admin', rows: admins.length, says: null },
    ...[...state.excluded].map(([{ reason, says }, rows]) => ({ table, reason, rows, says })),
    { table, reason: 'hangs-on-seed', rows: state.hanging, says: null },
  ];
  return apart.filter(({ rows }) => rows > 0);
}

export function factsOf(state: TableState, minScore: number): ScannedFacts {
  const { scanned, sample, percent, rows, failures } = state;
  const { table, roles, isOfPersons } = scanned;
  const weaker = findingsOf(state, LOWEST_SCORE).filter(({ score }) => score < minScore);
  return {
    table,
    isOfPersons,
    columns: [...roles].map(([name, role]) => ({ name, role })),
    percent,
    bytes: sample.bytes,
    beyond: rows.beyond,
    weaker: weaker.length,
    isHidden: table.rowSecurity,
    failures,
  };
}

/** Administrators with default passwords, then the tables with most findings. */
export function worstFirst(tables: readonly (readonly Finding[])[]): readonly Finding[] {
  const ownEvidence = (findings: readonly Finding[]): number =>
    findings.filter(({ kind }) => kind !== 'owned-by-seed').length;
  const all = [...tables]
    .sort((a, b) => ownEvidence(b) - ownEvidence(a) || b.length - a.length)
    .flat();
  const isUrgent = ({ kind }: Finding): boolean => kind === 'admin-default-password';
  return [...all.filter(isUrgent), ...all.filter((each) => !isUrgent(each))];
}
