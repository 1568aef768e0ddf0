import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { archiveTable } from '../../src/archive/archive-name.ts';
import { QualifiedName } from '../../src/kernel/identifiers.ts';

const tables = fc.constantFrom(
  ...['users', 's2_users', 's2_s3_users', 'users_mutations', 's2_users_mutations', 'Users'],
  ...['a'.repeat(60), `${'a'.repeat(60)}b`, 'ä'.repeat(31)],
);

const keys = fc.record({
  migrationId: fc.constant('20260101000000_a'),
  generation: fc.integer({ min: 1, max: 2 }),
  stage: fc.integer({ min: 1, max: 3 }),
  table: fc
    .tuple(fc.constantFrom('public', 's2'), tables)
    .map(([schema, name]) => new QualifiedName(schema, name)),
  kind: fc.constantFrom('rows' as const, 'mutations' as const),
});

test('what is another archive has another name, and PostgreSQL cuts none', () => {
  fc.assert(
    fc.property(fc.uniqueArray(keys, { minLength: 2, maxLength: 40, selector }), (all) => {
      const names = all.map((key) => archiveTable('hygiene_archive', key).name);
      expect(new Set(names).size).toBe(all.length);
      expect(names.filter((name) => Buffer.byteLength(name) > 63)).toEqual([]);
    }),
  );
});

function selector({ table, ...key }: { readonly table: QualifiedName }): string {
  return JSON.stringify([key, table.quoted]);
}
