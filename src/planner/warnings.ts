import { type Catalog, type Table, tableByOid, type TriggerEvent } from '../catalog/model.ts';
import { firingTriggers } from '../catalog/partitions.ts';
import { grouped } from '../kernel/counts.ts';
import { quoteIdentifier } from '../kernel/identifiers.ts';
import type { ClosureEdge } from './closure.ts';
import { tablesToClose } from './cluster.ts';
import { type LikelyReference, likelyReferences } from './likely-references.ts';
import type { PlanInput, PlanWarning } from './plan.ts';

export function planWarnings(catalog: Catalog, input: PlanInput): readonly PlanWarning[] {
  const { closure, counts } = input;
  const doomed = closure.tables.filter((table) => (counts.doomed.get(table) ?? 0) > 0);
  const changed = closure.edges
    .filter((edge) => edge.action === 'nullify' || edge.action === 'default')
    .filter((edge) => (counts.edges.get(edge) ?? 0) > 0)
    .map((edge) => edge.child);
  return [
    ...closure.edges
      .filter((edge) => doomed.includes(edge.parent))
      .flatMap((edge) => edgeWarnings(catalog, edge)),
    ...doomed.flatMap((table) => tableWarnings(catalog, table)),
    ...likelyReferences(catalog, doomed)
      .filter(({ child }) => !input.earlier.includes(child))
      .map(referenceWarning),
    ...[...new Set(changed)].flatMap((table) => triggerWarnings(catalog, table, 'update')),
    ...emptyWarnings(input),
    ...optionWarnings(input),
    ...clusterWarnings(tablesToClose(closure)),
  ];
}

/** A predicate that is wrong matches nothing more often than it matches too much, and runs once all the same. */
function emptyWarnings({ closure: { root }, counts }: PlanInput): readonly PlanWarning[] {
  const rows = counts.totals?.get(root) ?? 0;
  if (rows === 0 || (counts.doomed.get(root) ?? 0) > 0) return [];
  const table = root.name.toString();
  const message =
    `No row of ${table} matches, of ${grouped(rows)}. \`up\` records the migration as applied all the ` +
    'same; with budget: { min: 1 } it refuses.';
  return [{ kind: 'no rows', table, message, sql: null }];
}

function edgeWarnings(catalog: Catalog, { foreignKey }: ClosureEdge): readonly PlanWarning[] {
  const child = tableByOid(catalog, foreignKey.child);
  const parent = tableByOid(catalog, foreignKey.parent).name.toString();
  const table = child.name.toString();
  const warnings: PlanWarning[] = [];
  if (foreignKey.enforced && !foreignKey.indexed) {
    warnings.push({
      kind: 'unindexed',
      table,
      message:
        `No index on ${table} (${foreignKey.childColumns.join(', ')}): ` +
        `each removed row of ${parent} scans the table.`,
      sql: indexStatement(child, foreignKey.childColumns),
    });
  }
  if (!foreignKey.validated || !foreignKey.enforced) {
    const state = foreignKey.enforced ? 'NOT VALID' : 'NOT ENFORCED';
    warnings.push({
      kind: 'not validated',
      table,
      message: `${foreignKey.name} of ${table} is ${state}: some of its rows may reference nothing.`,
      sql: null,
    });
  }
  return warnings;
}

/** The index that a foreign key lacks. PostgreSQL builds no index of a partitioned table CONCURRENTLY. */
export function indexStatement(table: Table, columns: readonly string[]): string {
  const how = table.kind === 'partitioned' ? 'create index on' : 'create index concurrently on';
  return `${how} ${table.name.quoted} (${columns.map(quoteIdentifier).join(', ')});`;
}

/** Where the application keeps no foreign keys, nothing but a name says what is left behind. */
function referenceWarning({ child, column, parent }: LikelyReference): PlanWarning {
  const table = child.name.toString();
  return {
    kind: 'no foreign key',
    table,
    message:
      `${table}.${column} is named like a reference to ${parent.name.toString()}, but no foreign key says ` +
      'so: its rows stay, unless a step before this one takes them.',
    sql: null,
  };
}

function tableWarnings(catalog: Catalog, table: Table): readonly PlanWarning[] {
  const name = table.name.toString();
  const noKey: readonly PlanWarning[] =
    table.key === null
      ? [
          {
            kind: 'no key',
            table: name,
            message: `${name} has no primary key and no usable unique index: rows are told apart by place.`,
            sql: null,
          },
        ]
      : [];
  const rules = table.deleteRules.map((rule) => ({
    kind: 'rule' as const,
    table: name,
    message: `Rule ${rule} changes what DELETE does on ${name}.`,
    sql: null,
  }));
  return [...noKey, ...rules, ...triggerWarnings(catalog, table, 'delete')];
}

function triggerWarnings(
  catalog: Catalog,
  table: Table,
  event: TriggerEvent,
): readonly PlanWarning[] {
  return firingTriggers(catalog, table, event).map(({ table: owner, trigger }) => {
    const effect =
      trigger.timing === 'before' && trigger.level === 'row'
        ? 'it may keep rows or change others'
        : 'it may change other rows';
    return {
      kind: 'trigger',
      table: table.name.toString(),
      message:
        `Trigger ${trigger.name} on ${owner.name.toString()} runs ${trigger.function.toString()} ` +
        `${trigger.timing} each ${event}: ${effect}.`,
      sql: null,
    };
  });
}

/** Where it goes otherwise than on one server, and what that means for the others. */
function clusterWarnings(tables: readonly Table[]): readonly PlanWarning[] {
  if (tables.length === 0) return [];
  const kept = tables
    .map(({ name, citus }) => {
      const how = [citus?.kind, citus?.column].filter((part) => part !== null).join(' by ');
      return `${name.toString()} (${how})`;
    })
    .join(', ');
  return [
    {
      kind: 'cluster',
      table: kept,
      message:
        `Citus keeps ${kept}. Others can read but not write there while it runs, and all ` +
        "rows are counted before and after: PostgreSQL's counters do not see shards.",
      sql: null,
    },
  ];
}

function optionWarnings({ closure, archive, guard, window }: PlanInput): readonly PlanWarning[] {
  const table = closure.root.name.toString();
  const warnings: PlanWarning[] = [];
  if (!archive) {
    warnings.push({
      kind: 'no archive',
      table,
      message: 'archive is off: removed rows are not kept, and this cannot be undone.',
      sql: null,
    });
  }
  if (guard) {
    warnings.push({
      kind: 'guard',
      table,
      message:
        window === 'maintenance'
          ? `The seed guard of ${table} is added in the transaction of the purge.`
          : `The seed guard locks ${table} for a moment, after the commit.`,
      sql: null,
    });
  }
  return warnings;
}
