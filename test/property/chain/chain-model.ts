import fc from 'fast-check';

/** How many migrations the chain has; each removes the rows of one lot. */
export const CHAIN_LENGTH = 5;

/** What may happen between two deploys, and the deploy itself. Positions count from 0. */
export type Event =
  /** One more file comes with a deploy. */
  | { readonly kind: 'file' }
  /** From now on, something in the database makes the migration fail, or no longer does. */
  | { readonly kind: 'break' | 'mend'; readonly at: number }
  /** The table that the migration requires is dropped or created. */
  | { readonly kind: 'drop' | 'create'; readonly at: number }
  | { readonly kind: 'up' };

export const histories: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(
    { arbitrary: fc.constant<Event>({ kind: 'up' }), weight: 4 },
    { arbitrary: fc.constant<Event>({ kind: 'file' }), weight: 3 },
    fc.record({
      kind: fc.constantFrom('break', 'mend', 'drop', 'create'),
      at: fc.nat({ max: CHAIN_LENGTH - 1 }),
    }),
  ),
  { minLength: 4, maxLength: 20, size: 'max' },
);

export interface ModelState {
  readonly files: number;
  readonly broken: ReadonlySet<number>;
  readonly dropped: ReadonlySet<number>;
  readonly applied: ReadonlySet<number>;
  readonly skipped: ReadonlySet<number>;
  /** Failed runs by migration. */
  readonly failures: readonly number[];
}

export const START: ModelState = {
  files: 1,
  broken: new Set(),
  dropped: new Set(),
  applied: new Set(),
  skipped: new Set(),
  failures: Array.from({ length: CHAIN_LENGTH }, () => 0),
};

/** What the chain must look like after one more event. */
export function after(state: ModelState, event: Event): ModelState {
  switch (event.kind) {
    case 'file':
      return { ...state, files: Math.min(state.files + 1, CHAIN_LENGTH) };
    case 'break':
      return { ...state, broken: new Set([...state.broken, event.at]) };
    case 'mend':
      return { ...state, broken: without(state.broken, event.at) };
    case 'drop':
      return { ...state, dropped: new Set([...state.dropped, event.at]) };
    case 'create':
      return { ...state, dropped: without(state.dropped, event.at) };
    case 'up':
      return afterUp(state);
  }
}

/** In order, each at most once; what lacks a table is passed over, and the first failure ends it. */
function afterUp(state: ModelState): ModelState {
  const applied = new Set(state.applied);
  const skipped = new Set(state.skipped);
  for (let at = 0; at < state.files; at += 1) {
    if (applied.has(at)) continue;
    if (state.dropped.has(at)) {
      skipped.add(at);
    } else if (state.broken.has(at)) {
      const failures = state.failures.map((count, each) => (each === at ? count + 1 : count));
      return { ...state, applied, skipped: without(skipped, at), failures };
    } else {
      applied.add(at);
      skipped.delete(at);
    }
  }
  return { ...state, applied, skipped };
}

function without(set: ReadonlySet<number>, removed: number): ReadonlySet<number> {
  return new Set([...set].filter((each) => each !== removed));
}
