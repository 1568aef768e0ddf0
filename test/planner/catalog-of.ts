import {
  type Catalog,
  createCatalog,
  type ForeignKey,
  type Table,
  tableByOid,
} from '../../src/catalog/model.ts';
import { QualifiedName } from '../../src/kernel/identifiers.ts';

export type TableSketch = Partial<Omit<Table, 'oid' | 'name'>> & {
  readonly schema?: string;
  /** Columns that accept NULL; every table also has the NOT NULL key `id`. */
  readonly nullable?: readonly string[];
  readonly required?: readonly string[];
};

export type ForeignKeySketch = Partial<Omit<ForeignKey, 'child' | 'parent'>> & {
  /** Names as in the sketch of the tables. */
  readonly from: string;
  readonly to: string;
};

/** A catalog made of a few words: oids count from 1 in the order of the sketch. */
export function catalogOf(
  sketch: Readonly<Record<string, TableSketch>>,
  foreignKeys: readonly ForeignKeySketch[] = [],
  searchPath: readonly string[] = ['public'],
): Catalog {
  const names = Object.keys(sketch);
  const oidOf = (name: string): number => names.indexOf(name) + 1;
  const tables = Object.entries(sketch).map(([name, each]) => tableOf(oidOf(name), name, each));
  return createCatalog({
    tables,
    foreignKeys: foreignKeys.map(({ from, to, ...each }, index) => ({
      oid: 1000 + index,
      name: `${from}_${to}_fkey`,
      child: oidOf(from),
      childColumns: [`${to}_id`],
      parent: oidOf(to),
      parentColumns: ['id'],
      onDelete: 'no action',
      setColumns: null,
      deferrable: false,
      initiallyDeferred: false,
      validated: true,
      enforced: true,
      period: false,
      indexed: true,
      ...each,
    })),
    searchPath,
  });
}

/** The table of the sketch, by name. */
export function tableNamed(catalog: Catalog, name: string): Table {
  const found = [...catalog.tables.values()].find((table) => table.name.name === name);
  return tableByOid(catalog, found?.oid ?? -1);
}

function tableOf(oid: number, name: string, sketch: TableSketch): Table {
  const { schema = 'public', nullable = [], required = [], ...rest } = sketch;
  const column = (each: string, notNull: boolean): Table['columns'][number] => ({
    name: each,
    type: 'bigint',
    notNull,
    hasDefault: false,
    generated: null,
    identity: null,
  });
  return {
    oid,
    name: new QualifiedName(schema, name),
    kind: 'table',
    persistence: 'permanent',
    columns: [
      column('id', true),
      ...nullable.map((each) => column(each, false)),
      ...required.map((each) => column(each, true)),
    ],
    key: ['id'],
    indexes: [['id']],
    partitionOf: null,
    partitions: [],
    root: oid,
    inheritanceChildren: [],
    citus: null,
    rowSecurity: false,
    privileges: {
      owner: true,
      select: true,
      insert: true,
      update: true,
      delete: true,
      truncate: true,
      references: true,
    },
    triggers: [],
    deleteRules: [],
    unreplicable: [],
    estimatedRows: 0,
    ...rest,
  };
}
