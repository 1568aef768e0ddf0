import { expect, test } from '@jest/globals';

import { purge, rows, scrub } from '../../src/authoring/steps.ts';
import { sql } from '../../src/kernel/sql.ts';
import { stagesOf } from '../../src/planner/stages.ts';
import type { Step } from '../../src/planner/steps.ts';

const purgeOf = (table: string): Step => purge(rows(table, sql`true`));
const scrubOf = (table: string | readonly [string, string]): Step =>
  scrub(rows(table, sql`true`), { set: { name: 'x' } });

test.each<[string, readonly Step[], readonly number[]]>([
  ['one step', [purgeOf('a')], [1]],
  ['purges of whatever tables', [purgeOf('a'), purgeOf('b'), purgeOf('a')], [1, 1, 1]],
  ['scrubs of one table', [scrubOf('a'), scrubOf('a')], [1, 1]],
  ['scrubs of two tables', [scrubOf('a'), scrubOf('b'), scrubOf('a')], [1, 2, 3]],
  ['a name in two parts', [scrubOf(['s', 'a']), scrubOf(['s', 'a'])], [1, 1]],
  ['turns', [purgeOf('a'), scrubOf('a'), scrubOf('a'), purgeOf('a')], [1, 2, 2, 3]],
  ['nothing', [], []],
])('%s', (_, steps, stages) => {
  expect(stagesOf(steps)).toEqual(stages);
});
