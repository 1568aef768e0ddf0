import { describe, expect, test } from '@jest/globals';

import { type Block, code, paragraph } from '../../src/report/content/block.ts';
import { markdownOf } from '../../src/report/content/markdown.ts';

function bodyOf(...blocks: readonly Block[]): string {
  return markdownOf('T', [{ id: 's', title: 'S', blocks }]).replace('# T\n\n## S\n\n', '');
}

describe('Markdown', () => {
  test.each([
    ['*not* emphasis', String.raw`\*not\* emphasis`],
    ['_not_ emphasis, but snake_case stays', String.raw`\_not\_ emphasis, but snake_case stays`],
    ['<script>', String.raw`\<script\>`],
    ['[a](b)', String.raw`\[a\](b)`],
    ['# no heading', String.raw`\# no heading`],
    ['1. no list', String.raw`1\. no list`],
    ['two\n\nlines', 'two lines'],
  ])('%j stays words', (given, expected) => {
    expect(bodyOf(paragraph(given))).toBe(`${expected}\n`);
  });

  test('no value ends a cell or a code span', () => {
    const table: Block = {
      kind: 'table',
      columns: [{ title: 'a' }, { title: 'b', align: 'right' }],
      rows: [['x | y', code('p | `q`')]],
    };
    expect(bodyOf(table)).toBe(
      [
        '| a | b |',
        '| --- | --: |',
        String.raw`| x \| y | ${'``'} p \| ${'`q`'} ${'``'} |`,
        '',
      ].join('\n'),
    );
  });

  test('a fence is longer than any in its text', () => {
    expect(bodyOf({ kind: 'code', text: '```\nx\n```' })).toBe('````\n```\nx\n```\n````\n');
  });
});
