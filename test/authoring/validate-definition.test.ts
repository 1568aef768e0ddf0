import { describe, expect, test } from '@jest/globals';
import { defineConfig, isDefinedConfig } from '../../src/authoring/define-config.ts';
import { defineHygiene, isHygieneMigration } from '../../src/authoring/define-hygiene.ts';
import { purge, rows, scrub } from '../../src/authoring/steps.ts';
import { validateDefinition } from '../../src/authoring/validate-definition.ts';
import { HygieneError } from '../../src/kernel/errors.ts';
import { sql } from '../../src/kernel/sql.ts';

const demo = rows('users', sql`email like '%@example.com'`);
const verify = (): void => undefined;
const complete = { description: 'Remove demo accounts', up: purge(demo), verify };
const free = { irreversible: 'worthless rows', budget: { max: 5 } };

const load = (definition: object) =>
  validateDefinition(defineHygiene(definition as never), '20260112090000_x.ts');

function refused(definition: object): HygieneError {
  try {
    load(definition);
  } catch (error) {
    if (error instanceof HygieneError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a definition that is accepted', () => {
  test('has every default filled in', () => {
    expect(load(complete)).toEqual({
      description: 'Remove demo accounts',
      ticket: null,
      up: { kind: 'steps', steps: [complete.up] },
      verify,
      environments: null,
      requires: [],
      irreversible: null,
      budget: {},
      transaction: 'single',
    });
  });

  test('may be a list in which an sql template is a step', () => {
    const { up } = load({ ...complete, ...free, up: [purge(demo), sql`delete from logs`] });
    expect(up).toMatchObject({ kind: 'steps', steps: [{ kind: 'purge' }, { kind: 'sql' }] });
  });

  test('may be one sql template', () => {
    const { up } = load({ ...complete, ...free, up: sql`delete from logs` });
    expect(up).toMatchObject({ kind: 'steps', steps: [{ kind: 'sql' }] });
  });

  test('may be a function', () => {
    const run = async (): Promise<void> => Promise.resolve();
    expect(load({ ...complete, ...free, up: run }).up).toEqual({ kind: 'function', run });
  });

  test('may be a scrub, which needs no reason because old values are kept', () => {
    const up = scrub(demo, { set: { phone: null } });
    expect(load({ ...complete, up }).up).toEqual({ kind: 'steps', steps: [up] });
  });

  test('keeps what it says', () => {
    const said = {
      ticket: 'OPS-1',
      environments: ['production'],
      requires: ['users.email'],
      irreversible: 'by law',
      budget: { min: 1 },
    };
    expect(load({ ...complete, ...said, transaction: 'single' })).toMatchObject(said);
  });
});

describe('a definition that is refused', () => {
  test.each([
    ['no description', { description: undefined }, 'description is missing'],
    ['an empty description', { description: '  ' }, 'description is missing'],
    ['a description of one word', { description: 'Cleanup' }, '"Cleanup" is too vague'],
    ['a description of signs', { description: '- - 1 2 .' }, 'is too vague'],
    ['no up', { up: undefined }, 'up is missing'],
    ['an empty list', { up: [] }, 'up is an empty list'],
    ['a string as up', { up: 'delete from users' }, 'up is a plain string'],
    ['a row set as up', { up: demo }, 'up is no step'],
    ['a string among steps', { up: [purge(demo), 'x'] }, 'up[1] is a plain string'],
    ['an empty sql template', { ...free, up: sql` ` }, 'up is an empty sql template'],
    ['a verify that is a row set', { verify: demo }, 'verify must be a function'],
    ['environments as a text', { environments: 'production' }, 'environments must be a list'],
    ['no environment at all', { environments: [] }, 'environments must be a list'],
    ['an empty requirement', { requires: [''] }, 'requires must be a list'],
    ['a ticket that is a number', { ticket: 12 }, 'ticket must be a text'],
    ['an empty reason', { irreversible: '' }, 'irreversible must be a text'],
    ['a misspelt key', { enviroments: ['production'] }, 'did you mean "environments"?'],
    ['a down', { down: verify }, 'unknown option "down"'],
    ['a broken budget', { budget: { max: '5' } }, 'budget.max must be a whole number'],
    [
      'batches of anything but purges',
      { up: [purge(demo), sql`x`], irreversible: 'y', budget: { max: 1 }, transaction: 'batched' },
      'takes purge(…) steps only',
    ],
    ['an unknown transaction', { transaction: 'none' }, "transaction must be 'single'"],
    [
      'sql without reason',
      { up: sql`x`, budget: { max: 1 } },
      'irreversible is missing: an sql step',
    ],
    ['sql without budget', { up: sql`x`, irreversible: 'y' }, 'budget is missing: an sql step'],
    [
      'sql with a budget that has no maximum',
      { up: [sql`x`], irreversible: 'y', budget: { min: 1 } },
      'budget is missing: an sql step',
    ],
    ['a function without reason', { up: verify, budget: { max: 1 } }, 'up as a function cannot be'],
    [
      'a function without budget',
      { up: verify, irreversible: 'y' },
      'up as a function needs budget',
    ],
    [
      'no archive and no reason',
      { up: purge(demo, { archive: false }) },
      'archive: false cannot be',
    ],
  ])('because of %s', (_, change, message) => {
    const error = refused({ ...complete, ...change });
    expect(error.code).toBe('HYG_LOAD_INVALID');
    expect(error.message).toMatch(/^20260112090000_x\.ts: /);
    expect(error.message).toContain(message);
    expect(error.details['problems']).toHaveLength(1);
  });

  test('because verify is missing, with a code of its own and a line to add', () => {
    const error = refused({ ...complete, verify: undefined });
    expect(error.code).toBe('HYG_LOAD_NO_VERIFY');
    expect(error.hint).toContain('async verify({ expect })');
  });

  test('with all problems at once', () => {
    const error = refused({ up: [], transaction: 'both' });
    expect(error.details['problems']).toHaveLength(4);
    expect(error.message.split('\n')).toHaveLength(5);
  });

  test('also when it is no object at all', () => {
    expect(refused(undefined as never).message).toContain('description is missing');
  });
});

test('a migration is known by its mark and cannot be changed', () => {
  const migration = defineHygiene(complete);
  expect(isHygieneMigration(migration)).toBe(true);
  expect(Object.isFrozen(migration)).toBe(true);
  expect(isHygieneMigration(complete)).toBe(false);
  expect(isHygieneMigration(null)).toBe(false);
});

test('a configuration is known by its mark and keeps what it says', () => {
  const config = defineConfig({ protect: [demo], retentionDays: 7 });
  expect(isDefinedConfig(config)).toBe(true);
  expect(isDefinedConfig({ retentionDays: 7 })).toBe(false);
  expect({ ...config }).toMatchObject({ protect: [demo], retentionDays: 7 });
});
