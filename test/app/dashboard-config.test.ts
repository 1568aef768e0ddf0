import { describe, expect, test } from '@jest/globals';

import { dashboardSchema } from '../../src/app/dashboard-config.ts';

function pagesOf(...pages: readonly unknown[]): ReturnType<typeof dashboardSchema.parse>['pages'] {
  return dashboardSchema.parse({ pages }).pages;
}

function problemOf(...pages: readonly unknown[]): string {
  const parsed = dashboardSchema.safeParse({ pages });
  return (parsed.error?.issues ?? [])
    .map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('\n');
}

describe('dashboard.pages', () => {
  test('have defaults: an address from the title, the key as order, no search', () => {
    expect(
      pagesOf({
        title: 'Käufe & Abos',
        tables: [{ table: ['crm', 'Orders'] }, { table: 'Orders' }],
      }),
    ).toEqual([
      {
        title: 'Käufe & Abos',
        path: 'kaufe-abos',
        tables: [
          {
            ...{ path: 'orders', table: ['crm', 'Orders'], title: 'Orders', columns: null },
            ...{ order: null, pageSize: 25, search: [] },
          },
          {
            ...{ path: 'orders-2', table: 'Orders', title: 'Orders', columns: null },
            ...{ order: null, pageSize: 25, search: [] },
          },
        ],
      },
    ]);
    expect(dashboardSchema.parse(undefined)).toEqual({ pages: [] });
  });

  test('take columns by name, with a title, or masked', () => {
    const [page] = pagesOf({
      title: 'Users',
      tables: [
        {
          table: 'users',
          columns: ['id', { column: 'email', masked: true }],
          order: ['id', 'desc'],
        },
      ],
    });
    expect(page?.tables[0]).toMatchObject({
      columns: [
        { column: 'id', title: 'id', masked: false },
        { column: 'email', title: 'email', masked: true },
      ],
      order: { column: 'id', direction: 'desc' },
    });
  });

  test.each([
    ['no table', { title: 'A', tables: [] }, 'tables'],
    ['a page size beyond 200', { title: 'A', tables: [{ table: 'a', pageSize: 201 }] }, 'pageSize'],
    [
      'an order that is not shown',
      { title: 'A', tables: [{ table: 'a', columns: ['b'], order: 'c' }] },
      'c is not among',
    ],
    [
      'a search that is not shown',
      { title: 'A', tables: [{ table: 'a', columns: ['b'], search: ['c'] }] },
      'c is not among',
    ],
    ['a path that is no path', { title: 'A', path: '../x', tables: [{ table: 'a' }] }, 'path'],
    ['an unknown setting', { title: 'A', tables: [{ table: 'a', where: 'x' }] }, 'where'],
  ])('%s is a problem', (_, page, words) => {
    expect(problemOf(page)).toContain(words);
  });

  test('two pages of one address are a problem', () => {
    const page = { title: 'Users', tables: [{ table: 'users' }] };
    expect(problemOf(page, page)).toContain('two pages have the path users');
  });
});
