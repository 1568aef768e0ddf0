import {
  type Catalog,
  findInSearchPath,
  type ForeignKey,
  type Table,
  tableByOid,
} from '../catalog/model.ts';
import { didYouMean } from '../catalog/near-names.ts';
import { withAncestors } from '../catalog/partitions.ts';
import { referenceTo } from '../catalog/resolve.ts';
import { HygieneError } from '../kernel/errors.ts';
import { displayIdentifier } from '../kernel/identifiers.ts';
import type { EdgeAction } from './closure.ts';
import type { DependentAction, Dependents } from './steps.ts';

export interface DependentKeysInput {
  readonly dependents: Dependents;
  readonly root: Table;
  /** The foreign keys that a key may mean: all that lead to the root, however indirectly. */
  readonly candidates: readonly ForeignKey[];
}

/**
 * The `dependents` of a purge, applied to foreign keys. A key is a table (`payments`,
 * `billing.payments`) or one foreign key of it (`payments.payments_user_id_fkey`), which wins.
 */
export class DependentKeys {
  readonly #declared: ReadonlyMap<ForeignKey, DependentAction> | 'all';

  private constructor(declared: ReadonlyMap<ForeignKey, DependentAction> | 'all') {
    this.#declared = declared;
  }

  /** @throws HygieneError HYG_PLAN_UNKNOWN_DEPENDENT, HYG_PLAN_AMBIGUOUS_DEPENDENT */
  static of(catalog: Catalog, input: DependentKeysInput): DependentKeys {
    if (input.dependents === 'all') return new DependentKeys('all');
    const byTable = new Map<ForeignKey, Declared>();
    const byConstraint = new Map<ForeignKey, Declared>();
    const names = input.candidates.map((each) => namesOf(catalog, each));
    for (const [key, action] of Object.entries(input.dependents)) {
      const meant = meaningOf(names, key);
      if (meant === 'none') throw unknownDependent(catalog, input, key);
      if (meant === 'several') throw ambiguousKey(catalog, key, names);
      const declared = meant.kind === 'table' ? byTable : byConstraint;
      for (const foreignKey of meant.foreignKeys) {
        const earlier = declared.get(foreignKey);
        if (earlier !== undefined) throw namedTwice(earlier.key, key);
        declared.set(foreignKey, { key, action });
      }
    }
    const all = [...byTable, ...byConstraint];
    return new DependentKeys(new Map(all.map(([key, { action }]) => [key, action])));
  }

  actionFor(key: ForeignKey): EdgeAction {
    return this.#declared === 'all'
      ? actionOfDeclaration(key)
      : (this.#declared.get(key) ?? 'undeclared');
  }
}

interface Declared {
  readonly key: string;
  readonly action: DependentAction;
}

/** What the foreign key itself says; where it says nothing, the row goes too. */
function actionOfDeclaration(key: ForeignKey): DependentAction {
  if (key.onDelete === 'set null') return 'nullify';
  return key.onDelete === 'set default' ? 'default' : 'purge';
}

interface Meaning {
  readonly kind: 'table' | 'constraint';
  readonly foreignKeys: readonly ForeignKey[];
}

function meaningOf(names: readonly ForeignKeyNames[], key: string): Meaning | 'none' | 'several' {
  const tables = names.filter((each) => each.tables.has(key));
  const constraints = names.filter((each) => each.constraints.has(key));
  const meanings = new Set(tables.map((each) => each.tables.get(key))).size + constraints.length;
  if (meanings === 0) return 'none';
  if (meanings > 1) return 'several';
  const kind = tables.length > 0 ? 'table' : 'constraint';
  return { kind, foreignKeys: [...tables, ...constraints].map((each) => each.foreignKey) };
}

interface ForeignKeyNames {
  readonly foreignKey: ForeignKey;
  /** The ways to name the referencing table, or what it is a partition of, and the table named. */
  readonly tables: ReadonlyMap<string, Table>;
  /** The ways to name this one foreign key. */
  readonly constraints: ReadonlySet<string>;
}

function namesOf(catalog: Catalog, foreignKey: ForeignKey): ForeignKeyNames {
  const holders = withAncestors(catalog, tableByOid(catalog, foreignKey.child));
  const tables = new Map(
    holders.flatMap((table) => tableNames(catalog, table).map((name) => [name, table] as const)),
  );
  const ownNames = [foreignKey.name, displayIdentifier(foreignKey.name)];
  const constraints = [...tables.keys()].flatMap((table) =>
    ownNames.map((name) => `${table}.${name}`),
  );
  return { foreignKey, tables, constraints: new Set(constraints) };
}

/** A bare name means what it means elsewhere, or else the only dependent of that name. */
function tableNames(catalog: Catalog, table: Table): readonly string[] {
  const { schema, name } = table.name;
  const meantElsewhere = findInSearchPath(catalog, name);
  const bare = meantElsewhere === null || meantElsewhere === table;
  const quoted = displayIdentifier(name);
  const qualified = [`${schema}.${name}`, `${displayIdentifier(schema)}.${quoted}`];
  return bare ? [name, quoted, ...qualified] : qualified;
}

function unknownDependent(
  catalog: Catalog,
  { root, candidates }: DependentKeysInput,
  key: string,
): HygieneError {
  const details = { dependent: key };
  const dependents = candidates.map((each) => tableByOid(catalog, each.child));
  const written = new Set(dependents.map((table) => referenceTo(catalog, table)));
  const known = [...catalog.tables.values()].some((table) =>
    tableNames(catalog, table).includes(key),
  );
  const target = root.name.toString();
  if (known) {
    return new HygieneError('HYG_PLAN_UNKNOWN_DEPENDENT', {
      message: `No foreign key leads from "${key}" to ${target} or to what is purged with it.`,
      hint: `Remove "${key}" from dependents, or purge it in a step of its own.${list(written)}`,
      details,
    });
  }
  const constraints = candidates.map(
    (each) => `${referenceTo(catalog, tableByOid(catalog, each.child))}.${each.name}`,
  );
  const near = didYouMean(key, [...written, ...constraints]);
  return new HygieneError('HYG_PLAN_UNKNOWN_DEPENDENT', {
    message: `dependents names "${key}", but no table and no foreign key of that name leads to ${target}.`,
    hint: `${near ?? `Correct the name or remove it.`}${list(written)}`,
    details,
  });
}

const LISTED_MAX = 8;

function list(tables: ReadonlySet<string>): string {
  if (tables.size === 0) return '\nNothing references it.';
  const shown = [...tables].sort().slice(0, LISTED_MAX).join(', ');
  const rest = tables.size > LISTED_MAX ? ` and ${tables.size - LISTED_MAX} more` : '';
  return `\nDependents: ${shown}${rest}.`;
}

function ambiguousKey(
  catalog: Catalog,
  key: string,
  names: readonly ForeignKeyNames[],
): HygieneError {
  const meant = names.filter((each) => each.tables.has(key) || each.constraints.has(key));
  const ways = meant.map(({ foreignKey }) => {
    const { schema, name } = tableByOid(catalog, foreignKey.child).name;
    return `${schema}.${name}.${foreignKey.name}`;
  });
  return new HygieneError('HYG_PLAN_AMBIGUOUS_DEPENDENT', {
    message: `dependents names "${key}", which fits more than one dependent.`,
    hint: `Say which one: ${[...new Set(ways)].sort().slice(0, LISTED_MAX).join(', ')}.`,
    details: { dependent: key },
  });
}

function namedTwice(first: string, second: string): HygieneError {
  return new HygieneError('HYG_PLAN_AMBIGUOUS_DEPENDENT', {
    message: `dependents names one dependent twice: "${first}" and "${second}".`,
    hint: 'Keep one of the two.',
    details: { dependents: [first, second] },
  });
}
