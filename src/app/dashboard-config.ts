import { z } from 'zod';

import type { TableReference } from '../planner/steps.ts';

export interface ConfiguredColumn {
  readonly column: string;
  readonly title: string;
  readonly masked: boolean;
}

/** A table of a page, with every default filled in. */
export interface ConfiguredTable {
  /** Last part of its address in the API. */
  readonly path: string;
  readonly table: TableReference;
  readonly title: string;
  /** Null: all columns, masked. */
  readonly columns: readonly ConfiguredColumn[] | null;
  /** Null: by the key. */
  readonly order: { readonly column: string; readonly direction: 'asc' | 'desc' } | null;
  readonly pageSize: number;
  readonly search: readonly string[];
}

export interface ConfiguredPage {
  readonly path: string;
  readonly title: string;
  readonly tables: readonly ConfiguredTable[];
}

const PAGE_ROWS = 25;
const PAGE_ROWS_MAX = 200;

const name = z.string().min(1);
const column = z.union([
  name,
  z.strictObject({ column: name, title: name.optional(), masked: z.boolean().optional() }),
]);

const table = z
  .strictObject({
    table: z.union([name, z.tuple([name, name])]),
    title: name.optional(),
    columns: z.array(column).min(1).max(50).optional(),
    order: z.union([name, z.tuple([name, z.enum(['asc', 'desc'])])]).optional(),
    pageSize: z.number().int().min(1).max(PAGE_ROWS_MAX).optional(),
    search: z.array(name).max(10).optional(),
  })
  .superRefine(({ columns, order, search = [] }, context) => {
    if (columns === undefined) return;
    const shown = new Set(columns.map((each) => (typeof each === 'string' ? each : each.column)));
    const ordered = order === undefined ? [] : [typeof order === 'string' ? order : order[0]];
    for (const each of [...ordered, ...search].filter((wanted) => !shown.has(wanted))) {
      context.addIssue({
        code: 'custom',
        message: `${each} is not among the columns that are shown`,
      });
    }
  });

const page = z.strictObject({
  title: name,
  path: z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be of a-z, digits and -')
    .optional(),
  tables: z.array(table).min(1).max(10),
});

export const dashboardSchema = z
  .strictObject({ pages: z.array(page).default([]) })
  .transform(({ pages }) => ({ pages: pages.map(toPage) }))
  .superRefine(({ pages }, context) => {
    const paths = pages.map(({ path }) => path);
    const twice = paths.filter((path, at) => paths.indexOf(path) !== at);
    for (const path of new Set(twice)) {
      context.addIssue({
        code: 'custom',
        path: ['pages'],
        message: `two pages have the path ${path}`,
      });
    }
  })
  .prefault({});

function toPage({ title, path, tables }: z.output<typeof page>): ConfiguredPage {
  const labels = tables.map(({ table: named }) => pathOf(labelOf(named)));
  return {
    title,
    path: path ?? pathOf(title),
    tables: tables.map((each, at) => ({ ...toTable(each), path: numbered(labels, at) })),
  };
}

/** A page may show one table twice, in two ways. */
function numbered(labels: readonly string[], at: number): string {
  const label = labels[at] ?? '';
  const before = labels.slice(0, at).filter((each) => each === label).length;
  return before === 0 ? label : `${label}-${String(before + 1)}`;
}

function labelOf(named: TableReference): string {
  return typeof named === 'string' ? named : named[1];
}

function toTable(given: z.output<typeof table>): Omit<ConfiguredTable, 'path'> {
  const { columns, order, pageSize = PAGE_ROWS, search = [] } = given;
  return {
    table: given.table,
    title: given.title ?? labelOf(given.table),
    columns: columns?.map(toColumn) ?? null,
    order: order === undefined ? null : toOrder(order),
    pageSize,
    search,
  };
}

function toColumn(given: z.output<typeof column>): ConfiguredColumn {
  if (typeof given === 'string') return { column: given, title: given, masked: false };
  const { column: wanted, title = wanted, masked = false } = given;
  return { column: wanted, title, masked };
}

function toOrder(
  order: NonNullable<z.output<typeof table>['order']>,
): NonNullable<ConfiguredTable['order']> {
  if (typeof order === 'string') return { column: order, direction: 'asc' };
  const [wanted, direction] = order;
  return { column: wanted, direction };
}

/** `User management` is `user-management`. */
function pathOf(title: string): string {
  const words =
    title
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.length === 0 ? 'page' : words.join('-');
}
