import { describe, expect, test } from '@jest/globals';
import { HygieneError } from '../../src/kernel/errors.ts';
import { parseSqlPair } from '../../src/runner/sql-pair.ts';

const header = {
  description: 'Remove the demo accounts',
  irreversible: 'worthless rows',
  budget: 'max 100, min 1',
};
const headerText = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([key, value]) => `-- ${key}: ${value}\n`)
    .join('');

const parse = (up: string, verify = 'select 1 where false;') =>
  parseSqlPair({ upFile: 'x.up.sql', verifyFile: 'x.verify.sql', up, verify });

function refused(up: string, verify?: string): HygieneError {
  try {
    parse(up, verify);
  } catch (error) {
    if (error instanceof HygieneError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('an SQL pair that is accepted', () => {
  test('says who, why and how much in its header', () => {
    const all = {
      ...header,
      ticket: 'OPS-1: later',
      environments: 'production, staging',
      requires: 'users.email,logs',
    };
    const up = `\n${headerText(all)}\ndelete from users where demo;`;
    expect(parse(up)).toEqual({
      description: 'Remove the demo accounts',
      ticket: 'OPS-1: later',
      irreversible: 'worthless rows',
      budget: { max: 100, min: 1 },
      environments: ['production', 'staging'],
      requires: ['users.email', 'logs'],
      up,
      verify: ['select 1 where false'],
    });
  });

  test('runs everywhere unless it says where', () => {
    expect(parse(`${headerText(header)}select 1`)).toMatchObject({
      ticket: null,
      environments: null,
      requires: [],
    });
  });

  test('may have other comments, large numbers and Windows line ends', () => {
    const text = `-- Note: written by hand\r\n${headerText({ ...header, budget: 'max: 10_000, maxShare 0.5' })}`;
    const pair = parse(
      `\uFEFF${text}-- Budget was agreed.\r\nselect 1;\r\n`,
      '\uFEFFselect 1;\r\n',
    );
    expect(pair.budget).toEqual({ max: 10_000, maxShare: 0.5 });
    expect(pair.up).not.toMatch(/\r|\uFEFF/);
    expect(pair.verify).toEqual(['select 1']);
  });

  test('has as many checks as its verify has statements', () => {
    const verify = `-- none\nselect ';' from a;\n/* ; */ select 2 from b`;
    expect(parse(`${headerText(header)}select 1`, verify).verify).toHaveLength(2);
  });

  test('may use savepoints and the words begin and end inside a function', () => {
    const body = 'do $$ begin perform 1; end $$; savepoint a; rollback to savepoint a;';
    expect(parse(headerText(header) + body).up).toContain('savepoint');
  });
});

describe('an SQL pair that is refused', () => {
  const without = (key: keyof typeof header): string =>
    headerText(Object.fromEntries(Object.entries(header).filter(([each]) => each !== key)));

  test.each([
    ['no description', without('description'), 'description is missing'],
    ['a vague description', headerText({ ...header, description: 'Cleanup' }), 'too vague'],
    ['no reason', without('irreversible'), 'irreversible is missing'],
    ['no budget', without('budget'), 'budget is missing'],
    ['a budget without maximum', headerText({ ...header, budget: 'min 1' }), 'budget has no max'],
    ['a budget in words', headerText({ ...header, budget: 'some rows' }), 'is not like "max 100"'],
    ['a misspelt budget', headerText({ ...header, budget: 'maxx 5' }), 'did you mean "max"?'],
    ['a broken number', headerText({ ...header, budget: 'max 1.5' }), 'must be a whole number'],
    ['a misspelt key', headerText({ ...header, enviroments: 'x' }), 'did you mean "environments"?'],
    [
      'a key given twice',
      headerText(header) + headerText({ budget: 'max 5' }),
      'budget is given twice',
    ],
    ['an empty key', headerText({ ...header, ticket: '' }), 'ticket is empty'],
  ])('because of %s', (_, text, message) => {
    const error = refused(`${text}select 1;`);
    expect(error.code).toBe('HYG_LOAD_INVALID');
    expect(error.message).toMatch(/^x\.up\.sql: /);
    expect(error.message).toContain(message);
    expect(error.hint).toContain('-- budget: max 100');
  });

  test('because the header stands below the first statement', () => {
    expect(refused(`select 1;\n${headerText(header)}`).details['problems']).toHaveLength(3);
  });

  test('because it holds comments only', () => {
    expect(refused(headerText(header)).message).toContain('holds no statement');
  });

  test.each([
    'commit',
    'BEGIN',
    'rollback;',
    'start transaction',
    'end',
    'prepare transaction $$a$$',
  ])('because of transaction control: %s', (statement) => {
    const up = refused(`${headerText(header)}delete from users where true;\n${statement};`);
    expect(up).toMatchObject({
      code: 'HYG_RUN_TRANSACTION_CONTROL',
      details: { file: 'x.up.sql' },
    });
    const verify = refused(`${headerText(header)}select 1`, `${statement}; select 1`);
    expect(verify).toMatchObject({
      code: 'HYG_RUN_TRANSACTION_CONTROL',
      details: { file: 'x.verify.sql' },
    });
  });

  test.each(['', '\n-- nothing to check\n', ';;'])(
    'because verify has no statement: %j',
    (verify) => {
      expect(refused(`${headerText(header)}select 1`, verify).code).toBe('HYG_LOAD_NO_VERIFY');
    },
  );
});
