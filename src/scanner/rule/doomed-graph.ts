import type { ForeignKey } from '../../catalog/model.ts';

/** A reference from a row to one that shall go. */
export interface Reference {
  readonly foreignKey: ForeignKey;
  readonly child: string;
  readonly parent: string;
  /** The referencing row is seed data itself, and goes too. */
  readonly isSeed: boolean;
}

export interface DoomedGraph {
  readonly references: readonly Reference[];
  /** Whether a reference through the key can become NULL. */
  readonly isNullable: (key: ForeignKey) => boolean;
}

export interface Settled {
  /** The rows that cannot go without a genuine row, by the oid of their table. */
  readonly blocked: ReadonlyMap<number, ReadonlySet<string>>;
  /** What happens to the rows that reference others, by foreign key. */
  readonly actions: ReadonlyMap<ForeignKey, 'purge' | 'nullify'>;
}

/**
 * Decides what can go without taking a genuine row along. Through a key that only genuine rows use, the
 * reference becomes NULL; else the referenced row stays, and whatever it would have had to go with.
 */
export function settle({ references, isNullable }: DoomedGraph): Settled {
  const actions = new Map<ForeignKey, 'purge' | 'nullify'>();
  for (const { foreignKey, isSeed } of references) {
    if (isSeed || !isNullable(foreignKey)) actions.set(foreignKey, 'purge');
    else if (!actions.has(foreignKey)) actions.set(foreignKey, 'nullify');
  }
  const binding = references.filter(({ foreignKey }) => actions.get(foreignKey) === 'purge');
  return { actions, blocked: blockedBy(binding) };
}

/** Upwards from each genuine row: what it hangs on has to stay, and what that hangs on. */
function blockedBy(binding: readonly Reference[]): Settled['blocked'] {
  const byChild = new Map<string, Reference[]>();
  for (const reference of binding) {
    const node = nodeOf(reference.foreignKey.child, reference.child);
    byChild.set(node, [...(byChild.get(node) ?? []), reference]);
  }
  const blocked = new Map<number, Set<string>>();
  const waiting = binding.filter(({ isSeed }) => !isSeed);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { parent: table } = next.foreignKey;
    const keys = blocked.get(table) ?? new Set<string>();
    blocked.set(table, keys);
    if (keys.has(next.parent)) continue;
    keys.add(next.parent);
    waiting.push(...(byChild.get(nodeOf(table, next.parent)) ?? []));
  }
  return blocked;
}

function nodeOf(table: number, key: string): string {
  return `${String(table)} ${key}`;
}
