import { grouped } from '../../kernel/counts.ts';
import { type Block, type Cell, code } from '../content/block.ts';
import { shortHash } from '../wording.ts';
import { inForce, rowsOf } from './applications.ts';
import type { Observation, ReportFacts } from './facts.ts';
import { leftByTable } from './left-over.ts';

/** One thing that must hold for the cleanup to be called a success. */
export interface Criterion {
  readonly criterion: string;
  readonly expected: string;
  /** Null where nobody looked. */
  readonly actual: string | null;
  readonly passed: boolean | null;
  readonly source: string;
}

/** What no database can say of itself. */
const OUTSIDE: readonly Pick<Criterion, 'criterion' | 'expected'>[] = [
  { criterion: 'Dashboard loads', expected: 'every page answers' },
  { criterion: 'Empty states are shown', expected: 'every emptied table says why' },
  { criterion: 'Admin can still log in', expected: 'a login succeeds' },
  { criterion: 'No console errors', expected: 'none in a browser' },
];

export function criteriaOf(facts: ReportFacts): readonly Criterion[] {
  return [
    ...leftCriteria(facts),
    ...protectedCriteria(facts),
    ...checkCriteria(facts),
    ...outsideCriteria(facts.observations),
    logCriterion(facts),
    chainCriterion(facts),
  ];
}

/** Of every table that was cleaned: no row is left that should have gone. */
function leftCriteria(facts: ReportFacts): readonly Criterion[] {
  const left = leftByTable(facts.checked);
  const unseen = new Set(facts.checked.seen.notSeen.map((each) => each.split(':')[0]));
  const touched = rowsOf(inForce(facts)).map(({ table }) => table);
  return [...new Set([...touched, ...left.keys()])].map((table) => {
    const rows = left.get(table) ?? 0;
    const isUnseen = rows === 0 && unseen.has(table);
    const inAll = facts.tableRows.get(table);
    const all = typeof inAll === 'number' ? ` of ${grouped(inAll)}` : '';
    return {
      criterion: `Seed rows in ${table}`,
      expected: '0',
      actual: isUnseen ? null : `${grouped(rows)}${all}`,
      passed: isUnseen ? null : rows === 0,
      source: 'plan and scan of this report',
    };
  });
}

function protectedCriteria({ protectedRows }: ReportFacts): readonly Criterion[] {
  return protectedRows.map(({ label, rows }) => ({
    criterion: `Protected: ${label}`,
    expected: '1 or more',
    actual: grouped(rows),
    passed: rows > 0,
    source: 'counted for this report; a run that changed one would have been rolled back',
  }));
}

function checkCriteria({ checked }: ReportFacts): readonly Criterion[] {
  return (checked.verify?.migrations ?? []).flatMap(({ id, checks }) =>
    checks.map(({ label, expected, actual, passed }) => ({
      criterion: label,
      expected,
      actual,
      passed,
      source: `lasting check of ${id}, repeated for this report`,
    })),
  );
}

function outsideCriteria(observations: readonly Observation[]): readonly Criterion[] {
  const key = ({ criterion }: { readonly criterion: string }): string => criterion.toLowerCase();
  const seen = new Map(observations.map((each) => [key(each), each]));
  const known = new Set(OUTSIDE.map(key));
  return [
    ...OUTSIDE.map((each) => seen.get(key(each)) ?? notChecked(each)),
    ...observations.filter((each) => !known.has(key(each))),
  ];
}

function notChecked(each: Pick<Criterion, 'criterion' | 'expected'>): Criterion {
  return { ...each, actual: null, passed: null, source: 'nobody looked' };
}

function logCriterion({ runLog }: ReportFacts): Criterion {
  const about = { criterion: 'Cleanup log is kept', expected: 'a file, with its SHA-256' };
  if (runLog === null) {
    return {
      ...about,
      actual: null,
      passed: null,
      source: 'no log was found in the log directory',
    };
  }
  return { ...about, actual: `sha256:${runLog.sha256}`, passed: true, source: runLog.path };
}

function chainCriterion({ chain }: ReportFacts): Criterion {
  const about = { criterion: 'The ledger is whole', expected: 'every hash fits' };
  if (chain === null) return { ...about, actual: null, passed: null, source: 'there is no ledger' };
  const head = chain.headHash === null ? '' : `, head ${shortHash(chain.headHash)}`;
  return {
    ...about,
    actual: chain.ok ? `${grouped(chain.events)} events intact${head}` : 'BROKEN',
    passed: chain.ok,
    source: 'all hashes recomputed for this report',
  };
}

export function criteriaBlock(criteria: readonly Criterion[]): Block {
  return {
    kind: 'table',
    columns: [
      { title: 'criterion' },
      { title: 'expected' },
      { title: 'actual' },
      { title: 'result' },
      { title: 'source' },
    ],
    rows: criteria.map((each) => [
      each.criterion,
      each.expected,
      actualCell(each.actual),
      resultCell(each.passed),
      { text: each.source, tone: 'quiet' },
    ]),
  };
}

function actualCell(actual: string | null): Cell {
  if (actual === null) return '–';
  return actual.startsWith('sha256:') ? code(actual) : actual;
}

function resultCell(passed: boolean | null): Cell {
  if (passed === null) return { text: 'not checked', tone: 'warn' };
  return passed ? { text: 'met', tone: 'good' } : { text: 'NOT MET', tone: 'bad' };
}
