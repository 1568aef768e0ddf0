import { incomingForeignKeys } from '../../catalog/graph.ts';
import { type Catalog, type Table, tableByOid } from '../../catalog/model.ts';
import { firingTriggers } from '../../catalog/partitions.ts';
import { factsOf } from '../../executor/access-facts.ts';
import { counted } from '../../kernel/counts.ts';
import { quoteIdentifier } from '../../kernel/identifiers.ts';
import { indexStatement } from '../../planner/warnings.ts';
import { inCluster } from '../../planner/cluster.ts';
import { type Check, ok, problem, warn } from './check.ts';
import type { TouchedTables } from './touched-tables.ts';

/** What the catalog alone says about the tables that a run would touch. */
export function tableChecks(
  catalog: Catalog,
  touched: TouchedTables,
  role: string,
): readonly Check[] {
  return [
    namedCheck(touched),
    rightsCheck(touched.all, role),
    foreignKeyCheck(catalog, touched.all),
    triggerCheck(catalog, touched.all),
    rowSecurityCheck(touched.all, role),
    ...clusterChecks(touched.all),
  ];
}

function namedCheck({ named, all, problems }: TouchedTables): Check {
  if (problems.length > 0) {
    return problem(
      'tables',
      `Migrations name what is not there: ${problems.join(' ')}`,
      'hygiene plan',
    );
  }
  const others = all.length - named.length;
  const more = others === 0 ? '' : `, and ${others} that reference them`;
  return ok('tables', `Pending migrations name ${counted(named.length, 'table')}${more}.`);
}

function rightsCheck(tables: readonly Table[], role: string): Check {
  const lacking = tables
    .map((table) => ({ table, missing: factsOf(table, ['select', 'update', 'delete']).missing }))
    .filter(({ missing }) => missing.length > 0);
  if (lacking.length === 0)
    return ok('rights', 'The role may select, update and delete in all of them.');
  return problem(
    'rights',
    `The role lacks rights on ${namesOf(lacking.map(({ table }) => table))}. A purge of a row needs them on each table that references it.`,
    ...lacking.map(
      ({ table, missing }) =>
        `grant ${missing.join(', ')} on ${table.name.quoted} to ${quoteIdentifier(role)};`,
    ),
  );
}

function foreignKeyCheck(catalog: Catalog, tables: readonly Table[]): Check {
  const scanned = tables
    .flatMap((table) => incomingForeignKeys(catalog, table))
    .filter(({ enforced, indexed }) => enforced && !indexed);
  const lines = [...new Set(scanned)].map((key) =>
    indexStatement(tableByOid(catalog, key.child), key.childColumns),
  );
  if (lines.length === 0) return ok('foreign keys', 'Each has an index on its columns.');
  const tell = `${counted(lines.length, 'foreign key')} without an index: online, each removed row scans the table.`;
  return warn('foreign keys', tell, ...new Set(lines));
}

function triggerCheck(catalog: Catalog, tables: readonly Table[]): Check {
  const triggers = tables.flatMap((table) =>
    (['delete', 'update'] as const)
      .flatMap((event) => firingTriggers(catalog, table, event))
      .map((each) => `trigger ${each.trigger.name} on ${each.table.name.toString()}`),
  );
  const rules = tables.flatMap((table) =>
    table.deleteRules.map((rule) => `rule ${rule} on ${table.name.toString()}`),
  );
  const found = [...new Set([...triggers, ...rules])];
  if (found.length === 0) return ok('triggers', 'None on DELETE or UPDATE, and no rules.');
  return warn(
    'triggers',
    `Removing rows runs ${found.join(', ')}.`,
    'What they write to other tables must be declared: sideEffects in hygiene/config.',
  );
}

function rowSecurityCheck(tables: readonly Table[], role: string): Check {
  const hidden = tables.filter(({ rowSecurity }) => rowSecurity);
  if (hidden.length === 0) return ok('row-level security', 'Hides no rows from the role.');
  return problem(
    'row-level security',
    `Hides rows of ${namesOf(hidden)} from the role: counts would be wrong, so a run is refused.`,
    `Run as the owner of the tables, or: alter role ${quoteIdentifier(role)} bypassrls;`,
  );
}

/** Nothing to say where Citus keeps none of them. */
function clusterChecks(tables: readonly Table[]): readonly Check[] {
  const kept = inCluster(tables);
  if (kept.length === 0) return [];
  const keyless = kept.filter(({ key }) => key === null);
  if (keyless.length > 0) {
    const words = `Citus keeps ${namesOf(keyless)} without a primary key, so a purge there is refused.`;
    const remedies = keyless.map(({ name }) => `alter table ${name.quoted} add primary key (…);`);
    return [problem('cluster', words, ...remedies)];
  }
  const words = `Citus keeps ${namesOf(kept)}: while a run changes them, others can read there but not write.`;
  return [warn('cluster', words)];
}

function namesOf(tables: readonly Table[]): string {
  const names = tables.map(({ name }) => name.toString());
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return `${names.slice(0, 5).join(', ')}${more}`;
}
