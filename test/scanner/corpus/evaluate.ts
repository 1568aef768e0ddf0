import type { CorpusCase, CorpusTable } from './corpus-case.ts';

/** A line that `hygiene scan --json` prints. */
export interface FoundRow {
  readonly table: string;
  readonly pk: unknown;
  readonly score: number;
  readonly kind: string;
  readonly evidence: readonly string[];
}

export interface Share {
  readonly hits: number;
  readonly of: number;
}

/** A row that was judged wrongly, for whoever tunes. */
interface Miss {
  readonly where: string;
  readonly label: string;
  readonly row: string;
  readonly found: FoundRow | null;
}

export interface Scores {
  /** Found, of the rows of each label; of `admin:default` those that were reported as such. */
  readonly recall: Readonly<Record<'text' | 'password' | 'group' | 'admin:default', Share>>;
  /** Found although genuine. */
  readonly flagged: Share;
  readonly flaggedByTrap: ReadonlyMap<string, Share>;
  readonly flaggedByTable: ReadonlyMap<string, Share>;
  /** Administrators proposed for removal. */
  readonly proposedAdmins: number;
  readonly misses: readonly Miss[];
}

const REPORTED_ADMIN = 'admin-default-password';

/** How well the findings tell the seed rows of a case from the genuine ones. */
export function evaluate(corpusCase: CorpusCase, found: readonly FoundRow[]): Scores {
  const byRow = new Map(found.map((each) => [`${each.table} ${keyText(each.pk)}`, each]));
  const tally = new Tally();
  for (const table of corpusCase.tables) {
    for (const row of table.rows) {
      const finding = byRow.get(`${table.name} ${keyText(keyOf(table, row))}`) ?? null;
      tally.count({ table: `${corpusCase.name} ${table.name}`, row, finding });
    }
  }
  return tally.scores();
}

/** The scores of several cases together. */
export function summed(all: readonly Scores[]): Scores {
  const labels = ['text', 'password', 'group', 'admin:default'] as const;
  const recall = Object.fromEntries(
    labels.map((label) => [label, sum(all.map(({ recall: of }) => of[label]))]),
  ) as Scores['recall'];
  return {
    recall,
    flagged: sum(all.map(({ flagged }) => flagged)),
    flaggedByTrap: merged(all.map(({ flaggedByTrap }) => flaggedByTrap)),
    flaggedByTable: merged(all.map(({ flaggedByTable }) => flaggedByTable)),
    proposedAdmins: all.reduce((total, { proposedAdmins }) => total + proposedAdmins, 0),
    misses: all.flatMap(({ misses }) => misses),
  };
}

export function rate({ hits, of }: Share): number {
  return of === 0 ? 1 : hits / of;
}

interface Counted {
  readonly table: string;
  readonly row: CorpusTable['rows'][number];
  readonly finding: FoundRow | null;
}

class Tally {
  readonly #recall = new Map<string, Share>();
  readonly #flaggedByTrap = new Map<string, Share>();
  readonly #flaggedByTable = new Map<string, Share>();
  #flagged: Share = { hits: 0, of: 0 };
  #proposedAdmins = 0;
  readonly #misses: Miss[] = [];

  count(counted: Counted): void {
    const [label] = counted.row;
    if (label.startsWith('genuine')) this.#countGenuine(counted);
    else this.#countSeed(counted);
  }

  #countGenuine(counted: Counted): void {
    const { table, row, finding } = counted;
    const isFlagged = isProposed(finding);
    const trap = row[0].replace(/^genuine:?/, '') || 'none';
    this.#flagged = plus(this.#flagged, isFlagged);
    add(this.#flaggedByTable, table, isFlagged);
    add(this.#flaggedByTrap, trap, isFlagged);
    if (isFlagged) this.#miss(counted);
  }

  #countSeed(counted: Counted): void {
    const { row, finding } = counted;
    const [label] = row;
    const isWrong = label === 'admin' ? isProposed(finding) : !isHit(label, finding);
    if (label !== 'admin') add(this.#recall, label, !isWrong);
    if (label.startsWith('admin') && isProposed(finding)) this.#proposedAdmins += 1;
    if (isWrong) this.#miss(counted);
  }

  #miss({ table, row, finding }: Counted): void {
    const [label, ...values] = row;
    this.#misses.push({ where: table, label, row: JSON.stringify(values), found: finding });
  }

  scores(): Scores {
    const none = { hits: 0, of: 0 };
    const of = (label: string): Share => this.#recall.get(label) ?? none;
    return {
      recall: {
        text: of('text'),
        password: of('password'),
        group: of('group'),
        'admin:default': of('admin:default'),
      },
      flagged: this.#flagged,
      flaggedByTrap: this.#flaggedByTrap,
      flaggedByTable: this.#flaggedByTable,
      proposedAdmins: this.#proposedAdmins,
      misses: this.#misses,
    };
  }
}

function isProposed(finding: FoundRow | null): boolean {
  return finding !== null && finding.kind !== REPORTED_ADMIN;
}

function isHit(label: string, finding: FoundRow | null): boolean {
  return label === 'admin:default' ? finding?.kind === REPORTED_ADMIN : isProposed(finding);
}

function keyOf({ key, columns }: CorpusTable, [, ...values]: Counted['row']): unknown {
  const parts = key.map((name) => [name, values[columns.indexOf(name)]] as const);
  return parts.length === 1 ? parts[0]?.[1] : Object.fromEntries(parts);
}

/** A bigint is a text in JSON, and a number in a corpus. */
function keyText(key: unknown): string {
  if (typeof key !== 'object' || key === null) return String(key);
  return JSON.stringify(Object.entries(key).map(([name, part]) => [name, String(part)]));
}

function plus({ hits, of }: Share, counts: boolean): Share {
  return { hits: hits + (counts ? 1 : 0), of: of + 1 };
}

function add(shares: Map<string, Share>, name: string, counts: boolean): void {
  shares.set(name, plus(shares.get(name) ?? { hits: 0, of: 0 }, counts));
}

function sum(shares: readonly Share[]): Share {
  return shares.reduce((a, b) => ({ hits: a.hits + b.hits, of: a.of + b.of }), { hits: 0, of: 0 });
}

function merged(all: readonly ReadonlyMap<string, Share>[]): ReadonlyMap<string, Share> {
  const names = new Set(all.flatMap((each) => [...each.keys()]));
  return new Map(
    [...names].map((name) => [name, sum(all.flatMap((each) => each.get(name) ?? []))]),
  );
}
