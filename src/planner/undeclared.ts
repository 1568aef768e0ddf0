import { type Catalog, type ForeignKey, tableByOid } from '../catalog/model.ts';
import { referenceTo } from '../catalog/resolve.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { ClosureEdge } from './closure.ts';
import { isNullable } from './reference-columns.ts';
import type { DependentAction, Dependents } from './steps.ts';

/** Rows that reference doomed rows through an edge nobody declared. */
export interface UndeclaredRows {
  readonly edge: ClosureEdge;
  readonly rows: number;
}

const WIDTH = 100;
const MESSAGE_LINES_MAX = 4;
const OBJECT_LINES_MAX = 6;

/**
 * The refusal of a purge whose dependents are not all named, with the object to paste into the
 * migration: message and hint together have at most 12 lines.
 */
export function undeclaredRefusal(
  catalog: Catalog,
  found: readonly UndeclaredRows[],
  dependents: Dependents,
): HygieneError {
  const rows = found.reduce((sum, each) => sum + each.rows, 0);
  const counted = rows === 1 ? '1 row references' : `${rows} rows reference`;
  const missing = missingEntries(catalog, found);
  const existing = dependents === 'all' ? {} : dependents;
  return new HygieneError('HYG_REFUSED_DEPENDENTS', {
    message: [
      `${counted} rows that would be purged, and dependents does not name their tables:`,
      ...messageLines(catalog, found),
    ].join('\n'),
    hint: ['Decide for each, then write:', ...objectLines({ ...existing, ...missing })].join('\n'),
    details: {
      dependents: { ...existing, ...missing },
      undeclared: found.map((each) => ({
        table: tableByOid(catalog, each.edge.foreignKey.child).name.toString(),
        constraint: each.edge.foreignKey.name,
        rows: each.rows,
      })),
    },
  });
}

/** What most people would want: what the foreign key says, else what loses the least. */
function suggestion(catalog: Catalog, key: ForeignKey): DependentAction {
  if (key.onDelete === 'set default') return 'default';
  if (key.onDelete === 'cascade' || !isNullable(catalog, key)) return 'purge';
  return 'nullify';
}

/** One entry a table where one action fits all its edges, else one for each foreign key. */
function missingEntries(
  catalog: Catalog,
  found: readonly UndeclaredRows[],
): Readonly<Record<string, DependentAction>> {
  const byTable = new Map<string, Map<ForeignKey, DependentAction>>();
  for (const { foreignKey } of found.map((each) => each.edge)) {
    const table = referenceTo(catalog, tableByOid(catalog, foreignKey.child));
    const actions = byTable.get(table) ?? new Map<ForeignKey, DependentAction>();
    byTable.set(table, actions.set(foreignKey, suggestion(catalog, foreignKey)));
  }
  const entries = [...byTable].flatMap(([table, actions]) => {
    const [first, ...others] = new Set(actions.values());
    return first !== undefined && others.length === 0
      ? [[table, first] as const]
      : [...actions].map(([key, action]) => [`${table}.${key.name}`, action] as const);
  });
  return Object.fromEntries(entries);
}

function messageLines(catalog: Catalog, found: readonly UndeclaredRows[]): readonly string[] {
  const largestFirst = [...found].sort((a, b) => b.rows - a.rows);
  const texts = largestFirst.map(({ edge, rows }) => {
    const { child, childColumns } = edge.foreignKey;
    return `${tableByOid(catalog, child).name.toString()} (${childColumns.join(', ')}): ${rows}`;
  });
  return fill(texts, {
    separator: '; ',
    linesMax: MESSAGE_LINES_MAX,
    rest: (count) => `and ${count} more`,
  });
}

function objectLines(entries: Readonly<Record<string, DependentAction>>): readonly string[] {
  const texts = Object.entries(entries).map(([key, action]) => `${propertyName(key)}: '${action}'`);
  const line = `dependents: { ${texts.join(', ')} },`;
  if (line.length <= WIDTH) return [line];
  const body = fill(
    texts.map((text) => `${text},`),
    {
      separator: ' ',
      linesMax: OBJECT_LINES_MAX - 2,
      rest: (count) => `// and ${count} more tables`,
    },
  );
  return ['dependents: {', ...body, '},'];
}

interface Filling {
  readonly separator: string;
  readonly linesMax: number;
  /** The text that stands for what did not fit. */
  readonly rest: (count: number) => string;
}

/** Packs texts into lines; when there are too many, the last line says how many are missing. */
function fill(texts: readonly string[], filling: Filling): readonly string[] {
  const show = (line: readonly string[]): string => `  ${line.join(filling.separator)}`;
  const lines: string[][] = [];
  for (const text of texts) {
    const line = lines.at(-1);
    if (line !== undefined && show([...line, text]).length <= WIDTH) line.push(text);
    else lines.push([text]);
  }
  if (lines.length <= filling.linesMax) return lines.map(show);
  const shown = lines.slice(0, filling.linesMax - 1);
  return [...shown.map(show), `  ${filling.rest(texts.length - shown.flat().length)}`];
}

function propertyName(key: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(key)) return key;
  return `'${key.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
