import { describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/model.ts';
import type { HygieneError } from '../../src/kernel/errors.ts';
import { planClosure } from '../../src/planner/plan-closure.ts';
import type { Dependents } from '../../src/planner/steps.ts';
import { undeclaredRefusal } from '../../src/planner/undeclared.ts';
import { catalogOf, type ForeignKeySketch, tableNamed } from './catalog-of.ts';

/** The refusal when every undeclared edge to `users` has rows: 1 for the first, 2 for the second… */
function refusalFor(catalog: Catalog, dependents: Dependents = {}): HygieneError {
  const { edges } = planClosure(catalog, tableNamed(catalog, 'users'), dependents);
  const undeclared = edges.filter((edge) => edge.action === 'undeclared');
  const found = undeclared.map((edge, index) => ({ edge, rows: index + 1 }));
  return undeclaredRefusal(catalog, found, dependents);
}

function linesOf(error: HygieneError): readonly string[] {
  return `${error.message}\n${error.hint ?? ''}`.split('\n');
}

const shop = catalogOf(
  {
    users: {},
    sessions: { required: ['users_id'] },
    payments: { nullable: ['users_id'] },
    reports: { required: ['users_id'] },
    'Audit-Log': { nullable: ['users_id'] },
    invoices: { schema: 'billing', nullable: ['users_id'] },
  },
  [
    { from: 'sessions', to: 'users', onDelete: 'cascade' },
    { from: 'payments', to: 'users', onDelete: 'set null' },
    { from: 'reports', to: 'users', onDelete: 'restrict' },
    { from: 'Audit-Log', to: 'users' },
    { from: 'invoices', to: 'users', onDelete: 'set default' },
  ],
);

describe('The refusal of undeclared dependents', () => {
  test('counts the rows of each table, the most first', () => {
    const error = refusalFor(shop);
    expect(error.code).toBe('HYG_REFUSED_DEPENDENTS');
    expect(error.message).toBe(
      [
        '15 rows reference rows that would be purged, and dependents does not name their tables:',
        '  billing.invoices (users_id): 5; "Audit-Log" (users_id): 4; reports (users_id): 3',
        '  payments (users_id): 2; sessions (users_id): 1',
      ].join('\n'),
    );
  });

  test('prints the object to paste, with what each foreign key suggests', () => {
    const { hint } = refusalFor(shop);
    expect(hint).toBe(
      [
        'Decide for each, then write:',
        'dependents: {',
        "  sessions: 'purge', payments: 'nullify', reports: 'purge', 'Audit-Log': 'nullify',",
        "  'billing.invoices': 'default',",
        '},',
      ].join('\n'),
    );
  });

  test('keeps what is declared already, and fits one line where it can', () => {
    const small = catalogOf(
      { users: {}, a: { nullable: ['users_id'] }, b: { nullable: ['users_id'] } },
      [
        { from: 'a', to: 'users' },
        { from: 'b', to: 'users', onDelete: 'cascade' },
      ],
    );
    const error = refusalFor(small, { a: 'purge' });
    expect(error.message).toMatch(/^1 row references rows/);
    expect(error.hint).toContain("dependents: { a: 'purge', b: 'purge' },");
  });

  test('names the foreign keys of a table where one action does not fit them all', () => {
    const twice = catalogOf(
      { users: {}, notes: { required: ['author_id'], nullable: ['users_id'] } },
      [
        { from: 'notes', to: 'users' },
        { from: 'notes', to: 'users', name: 'author', childColumns: ['author_id'] },
      ],
    );
    expect(refusalFor(twice).hint).toContain(
      "dependents: { 'notes.notes_users_fkey': 'nullify', 'notes.author': 'purge' },",
    );
  });

  test('prints an object that, once pasted, leaves nothing undeclared', () => {
    const pasted = refusalFor(shop).details['dependents'] as Dependents;
    const { edges } = planClosure(shop, tableNamed(shop, 'users'), pasted);
    expect(edges.map((edge) => edge.action)).not.toContain('undeclared');
  });

  test('has at most 12 lines of 100 columns, however many tables there are', () => {
    const names = Array.from({ length: 60 }, (_, index) => `dependent_table_${index}`);
    const keys = names.map((from): ForeignKeySketch => ({ from, to: 'users' }));
    const tables = names.map((name) => [name, { nullable: ['users_id'] }] as const);
    const large = catalogOf({ users: {}, ...Object.fromEntries(tables) }, keys);
    const error = refusalFor(large);
    const lines = linesOf(error);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(error.message).toMatch(/and \d+ more$/);
    const shown = [...String(error.hint).matchAll(/dependent_table_\d+:/g)].length;
    expect(error.hint).toContain(`// and ${60 - shown} more tables`);
    expect(Object.keys(error.details['dependents'] as object)).toHaveLength(60);
  });
});
