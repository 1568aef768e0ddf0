import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ForeignKey, Table } from '../../src/catalog/model.ts';
import type { Closure, ClosureEdge } from '../../src/planner/closure.ts';
import { removalOrder } from '../../src/planner/order.ts';
import { planClosure } from '../../src/planner/plan-closure.ts';
import { type RandomSchema, randomSchemas } from './random-schema.ts';

/** A row of a table, and the rows it references. */
interface Row {
  readonly table: number;
  readonly references: Map<ForeignKey, Row>;
}

const ROWS_PER_TABLE = 4;

/** Rows for every table, whose references are drawn from a list of numbers; every fourth is NULL. */
function rowsOf({ catalog }: RandomSchema, draws: readonly number[]): readonly Row[] {
  const rows = [...catalog.tables.keys()].flatMap((table) =>
    Array.from({ length: ROWS_PER_TABLE }, (): Row => ({ table, references: new Map() })),
  );
  let drawn = 0;
  for (const row of rows) {
    for (const key of catalog.foreignKeys.filter((each) => each.child === row.table)) {
      const draw = draws[drawn++ % draws.length] ?? 0;
      const targets = rows.filter((each) => each.table === key.parent);
      const target = targets[draw % targets.length];
      if (target !== undefined && draw % 4 !== 3) row.references.set(key, target);
    }
  }
  return rows;
}

/** The first row of the root and everything that goes with it, by trying until nothing changes. */
function doomedRows(rows: readonly Row[], closure: Closure): ReadonlySet<Row> {
  const purged = closure.edges
    .filter((edge) => edge.action === 'purge')
    .map((edge) => edge.foreignKey);
  const doomed = new Set(rows.filter((row) => row.table === closure.root.oid).slice(0, 1));
  for (let before = -1; before < doomed.size;) {
    before = doomed.size;
    for (const row of rows) {
      if (purged.some((key) => isIn(doomed, row.references.get(key)))) doomed.add(row);
    }
  }
  return doomed;
}

function isIn(rows: ReadonlySet<Row>, row: Row | undefined): boolean {
  return row !== undefined && rows.has(row);
}

/** What the executor does before it removes: survivors let go of doomed rows, or the purge is refused. */
function releaseSurvivors(
  survivors: readonly Row[],
  doomed: ReadonlySet<Row>,
  edges: readonly ClosureEdge[],
): 'released' | 'refused' {
  for (const row of survivors) {
    for (const { foreignKey, action } of edges) {
      if (!isIn(doomed, row.references.get(foreignKey))) continue;
      if (action === 'undeclared') return 'refused';
      row.references.delete(foreignKey);
    }
  }
  return 'released';
}

/** Removes group by group and looks after each, as PostgreSQL does, for references to nothing. */
function violations(
  rows: readonly Row[],
  doomed: ReadonlySet<Row>,
  groups: readonly (readonly Table[])[],
): readonly string[] {
  const present = new Set(rows);
  const found: string[] = [];
  for (const group of groups) {
    const oids = new Set(group.map((table) => table.oid));
    for (const row of doomed) if (oids.has(row.table)) present.delete(row);
    found.push(...brokenReferences(present));
  }
  const isComplete = present.size === rows.length - doomed.size;
  return isComplete ? found : [...found, 'doomed rows were left'];
}

function brokenReferences(present: ReadonlySet<Row>): readonly string[] {
  return [...present].flatMap((row) =>
    [...row.references].filter(([, target]) => !present.has(target)).map(([key]) => key.name),
  );
}

/** For each table, the tables that reference it directly or through others. */
function descendants(closure: Closure): ReadonlyMap<Table, ReadonlySet<Table>> {
  const childrenOf = (parent: Table): readonly Table[] =>
    closure.edges
      .filter((edge) => edge.parent === parent && closure.tables.includes(edge.child))
      .map((edge) => edge.child);
  return new Map(
    closure.tables.map((table) => {
      const below = new Set(childrenOf(table));
      for (const each of below) for (const child of childrenOf(each)) below.add(child);
      return [table, below];
    }),
  );
}

/** The tables that are in one circle with this one, itself included. */
function circleOf(table: Table, below: ReturnType<typeof descendants>): readonly Table[] {
  return [...below.keys()].filter(
    (other) =>
      other === table ||
      (below.get(table)?.has(other) === true && below.get(other)?.has(table) === true),
  );
}

const draws = fc.array(fc.nat({ max: 63 }), { minLength: 1, maxLength: 80 });

test('Removal in order breaks no foreign key after any statement, and removes every doomed row', () => {
  let removals = 0;
  fc.assert(
    fc.property(randomSchemas, draws, (schema, numbers) => {
      const closure = planClosure(schema.catalog, schema.root, schema.dependents);
      const rows = rowsOf(schema, numbers);
      const doomed = doomedRows(rows, closure);
      const survivors = rows.filter((row) => !doomed.has(row));
      fc.pre(releaseSurvivors(survivors, doomed, closure.edges) === 'released');
      const groups = removalOrder(closure).map((group) => group.tables);
      expect(violations(rows, doomed, groups)).toEqual([]);
      removals += Number(doomed.size > 1);
    }),
    { numRuns: 1000 },
  );
  expect(removals).toBeGreaterThan(100);
});

test('Every table of the closure is in exactly one group, and no child comes after its parent', () => {
  fc.assert(
    fc.property(randomSchemas, (schema) => {
      const closure = planClosure(schema.catalog, schema.root, schema.dependents);
      const groups = removalOrder(closure);
      const place = (table: Table): number =>
        groups.findIndex((group) => group.tables.includes(table));
      const ordered = groups.flatMap((group) => group.tables);
      expect(ordered).toHaveLength(closure.tables.length);
      expect(new Set(ordered)).toEqual(new Set(closure.tables));
      const inside = closure.edges.filter((edge) => closure.tables.includes(edge.child));
      expect(inside.filter((edge) => place(edge.child) > place(edge.parent))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('A group is no larger than a circle demands, and cyclic says whether there is one', () => {
  fc.assert(
    fc.property(randomSchemas, (schema) => {
      const closure = planClosure(schema.catalog, schema.root, schema.dependents);
      const below = descendants(closure);
      for (const { tables, cyclic } of removalOrder(closure)) {
        for (const table of tables)
          expect(new Set(circleOf(table, below))).toEqual(new Set(tables));
        expect(tables.some((table) => below.get(table)?.has(table))).toBe(cyclic);
      }
    }),
    { numRuns: 500 },
  );
});
