import type { Catalog, ForeignKey, Table } from './model.ts';
import { sharingRows } from './partitions.ts';

/** The foreign keys of a database as a graph, and the graph algorithms that planning needs. */

/**
 * Foreign keys through which rows of the table may be referenced. A key that leads to a partitioned
 * table also references the rows of its partitions, and the other way round.
 */
export function incomingForeignKeys(catalog: Catalog, table: Table): readonly ForeignKey[] {
  return sharingRows(catalog, table).flatMap(
    (each) => catalog.foreignKeysByParent.get(each.oid) ?? [],
  );
}

export type Successors<T> = (node: T) => Iterable<T>;

/**
 * The strongly connected components of a directed graph, each before the components that lead to
 * it (so with `parent → children` as successors: children first). Tarjan's algorithm without
 * recursion: a chain of thousands of tables does not exhaust the stack.
 */
export function stronglyConnectedComponents<T>(
  nodes: Iterable<T>,
  successors: Successors<T>,
): readonly (readonly T[])[] {
  const walk = new ComponentWalk(successors);
  for (const node of nodes) walk.visit(node);
  return walk.components;
}

interface Frame<T> {
  readonly node: T;
  readonly index: number;
  readonly rest: Iterator<T>;
  /** The smallest index that is reachable from here and still on the path. */
  low: number;
}

class ComponentWalk<T> {
  readonly components: T[][] = [];
  readonly #successors: Successors<T>;
  readonly #indexes = new Map<T, number>();
  /** Entered, and not yet in a component; the stack has them in the order of entering. */
  readonly #open = new Set<T>();
  readonly #stack: T[] = [];
  readonly #path: Frame<T>[] = [];

  constructor(successors: Successors<T>) {
    this.#successors = successors;
  }

  visit(start: T): void {
    if (this.#indexes.has(start)) return;
    this.#enter(start);
    for (let frame = this.#path.at(-1); frame !== undefined; frame = this.#path.at(-1)) {
      const next = frame.rest.next();
      if (next.done === true) this.#leave(frame);
      else this.#follow(frame, next.value);
    }
  }

  #enter(node: T): void {
    const index = this.#indexes.size;
    this.#indexes.set(node, index);
    this.#open.add(node);
    this.#stack.push(node);
    const rest = this.#successors(node)[Symbol.iterator]();
    this.#path.push({ node, index, rest, low: index });
  }

  #follow(frame: Frame<T>, target: T): void {
    const index = this.#indexes.get(target);
    if (index === undefined) this.#enter(target);
    else if (this.#open.has(target)) frame.low = Math.min(frame.low, index);
  }

  #leave(frame: Frame<T>): void {
    this.#path.pop();
    const above = this.#path.at(-1);
    if (above !== undefined) above.low = Math.min(above.low, frame.low);
    if (frame.low === frame.index) this.components.push(this.#closeFrom(frame.node));
  }

  #closeFrom(node: T): T[] {
    const component = this.#stack.splice(this.#stack.lastIndexOf(node));
    for (const member of component) this.#open.delete(member);
    return component;
  }
}
