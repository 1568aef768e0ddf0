import { type Catalog, type ForeignKey, type Table, tableByOid } from '../catalog/model.ts';
import { firingTriggers } from '../catalog/partitions.ts';
import type { KeyWindowFacts, TableWindowFacts, WindowFacts } from '../catalog/window-facts.ts';
import type { Closure } from './closure.ts';
import { inCluster } from './cluster.ts';
import type { KeySwitch, SwitchedKey } from './strategy.ts';

/** The first server that can switch a foreign key off and on without making it anew. */
const SWITCHES_KEYS = 180_000;

/**
 * How a foreign key is switched off. Made anew, a key of a partitioned table would name the copies of
 * its partitions anew; and to be enforced again means to be validated, which a NOT VALID key is not.
 */
export function keySwitch(facts: WindowFacts | null, key: ForeignKey): KeySwitch {
  const canSwitch = (facts?.serverVersion ?? 0) >= SWITCHES_KEYS;
  return canSwitch && key.validated && key.enforced ? 'not enforced' : 'drop and add';
}

/**
 * Why a closure with tables of a cluster only has its rows deleted; null where it has none. Citus 13.0
 * does not drop and add a foreign key in one transaction.
 */
export function clusterObstacle(
  { tables }: Closure,
  strategy: 'detach' | 'rewrite',
): string | null {
  const [table] = inCluster(tables);
  if (table === undefined) return null;
  const why = {
    detach: 'Citus cannot drop a foreign key and add it again in one transaction',
    rewrite: 'the rows that stay would have to leave their nodes and come back',
  };
  return `${table.name.toString()} is in a cluster, and ${why[strategy]}`;
}

/** Why a foreign key cannot be switched off and come back as it was; null where it can. */
export function keyObstacle(
  catalog: Catalog,
  facts: WindowFacts,
  { key, how }: SwitchedKey,
): string | null {
  const child = tableByOid(catalog, key.child);
  const parent = tableByOid(catalog, key.parent);
  const fact = keyFacts(facts, key);
  if (!child.privileges.owner) return `${child.name.toString()} belongs to another role`;
  if (!parent.privileges.references) {
    return `the role may not reference ${parent.name.toString()} (${key.name})`;
  }
  if (fact.isSwitchedOff) return `triggers of ${key.name} were switched off by somebody`;
  if (how === 'drop and add' && fact.hasCopies) return `${key.name} has copies for partitions`;
  return null;
}

/** Why a table cannot be emptied and filled again without anybody noticing; null where it can. */
export function tableObstacle(catalog: Catalog, facts: WindowFacts, table: Table): string | null {
  const name = table.name.toString();
  const { rules, publications, unproven, inherits } = tableFacts(facts, table);
  const obstacles: readonly (readonly [boolean, string])[] = [
    [table.kind === 'partitioned' || table.partitionOf !== null, 'is partitioned'],
    [table.kind === 'foreign', 'is a foreign table'],
    [table.inheritanceChildren.length > 0 || inherits, 'inherits or is inherited from'],
    [table.key === null, 'has no key to know its rows again by'],
    [rules.length > 0, `has the rule ${String(rules[0])}`],
    [publications.length > 0, `is published by ${String(publications[0])}`],
    [unproven.length > 0, `may hold rows that ${String(unproven[0])} forbids`],
    [!mayRefill(table), 'needs the rights SELECT, INSERT and TRUNCATE'],
  ];
  const found = obstacles.find(([isThere]) => isThere);
  if (found !== undefined) return `${name} ${found[1]}`;
  const trigger = FIRED_BY_REWRITING.flatMap((event) => firingTriggers(catalog, table, event))[0];
  return trigger === undefined ? null : `${name} has the trigger ${trigger.trigger.name}`;
}

/** A row trigger for DELETE would not fire, one for INSERT or TRUNCATE would. */
const FIRED_BY_REWRITING = ['insert', 'delete', 'truncate'] as const;

function mayRefill({ privileges }: Table): boolean {
  return privileges.select && privileges.insert && privileges.truncate;
}

function tableFacts(facts: WindowFacts, { oid, name }: Table): TableWindowFacts {
  const found = facts.tables.get(oid);
  if (found === undefined) throw new Error(`no facts were read of ${name.toString()}`);
  return found;
}

export function keyFacts(facts: WindowFacts, { oid, name }: ForeignKey): KeyWindowFacts {
  const found = facts.keys.get(oid);
  if (found === undefined) throw new Error(`no facts were read of ${name}`);
  return found;
}
