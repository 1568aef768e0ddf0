import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stronglyConnectedComponents } from '../../src/catalog/graph.ts';

interface Graph {
  readonly nodes: readonly number[];
  readonly edges: readonly (readonly [from: number, to: number])[];
}

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 0, max: 9 }).chain((size) => {
  const node = fc.integer({ min: 0, max: Math.max(0, size - 1) });
  return fc.record({
    nodes: fc.constant(Array.from({ length: size }, (_, index) => index)),
    edges: fc.array(fc.tuple(node, node), { maxLength: size * 3 }),
  });
});

const successorsIn = (graph: Graph) => (node: number) =>
  graph.edges.filter(([from]) => from === node).map(([, to]) => to);

/** Which pairs are connected, by trying every node as a stop on the way (Warshall). */
function reachability({ nodes, edges }: Graph): ReadonlySet<string> {
  const pairs = new Set([
    ...nodes.map((node) => `${node}>${node}`),
    ...edges.map(([from, to]) => `${from}>${to}`),
  ]);
  for (const via of nodes) {
    const before = nodes.filter((from) => pairs.has(`${from}>${via}`));
    const after = nodes.filter((to) => pairs.has(`${via}>${to}`));
    for (const from of before) for (const to of after) pairs.add(`${from}>${to}`);
  }
  return pairs;
}

/** Every pair of nodes that reach each other. */
function mutualPairs(graph: Graph): readonly string[] {
  const pairs = reachability(graph);
  return graph.nodes
    .flatMap((one) => graph.nodes.map((other) => [one, other] as const))
    .filter(([one, other]) => pairs.has(`${one}>${other}`) && pairs.has(`${other}>${one}`))
    .map(([one, other]) => `${one}=${other}`);
}

test('Two nodes are in one component exactly when each reaches the other', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const components = stronglyConnectedComponents(graph.nodes, successorsIn(graph));
      const together = components.flatMap((component) =>
        component.flatMap((one) => component.map((other) => `${one}=${other}`)),
      );
      expect(components.flat().sort((a, b) => a - b)).toEqual(graph.nodes);
      expect(together.sort()).toEqual([...mutualPairs(graph)].sort());
    }),
    { numRuns: 500 },
  );
});

test('A component comes after every component that it leads to', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const components = stronglyConnectedComponents(graph.nodes, successorsIn(graph));
      const place = (node: number): number =>
        components.findIndex((component) => component.includes(node));
      expect(graph.edges.filter(([from, to]) => place(from) < place(to))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('A chain of 20,000 nodes does not exhaust the stack', () => {
  const nodes = Array.from({ length: 20_000 }, (_, index) => index);
  const next = (node: number): readonly number[] => nodes.slice(node + 1, node + 2);
  expect(stronglyConnectedComponents(nodes, next)).toHaveLength(20_000);
});
