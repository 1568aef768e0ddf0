import { grouped } from '../../kernel/counts.ts';
import { moment } from '../wording.ts';
import {
  type Block,
  type BlockColumn,
  type Cell,
  extentWords,
  type RowsOfTable,
  type Section,
} from './block.ts';

/** The sections as Markdown that reads well unrendered too. */
export function markdownOf(title: string, sections: readonly Section[]): string {
  const parts = sections.flatMap(({ title: heading, blocks }) => [
    `## ${escaped(heading)}`,
    ...blocks.map(blockText).filter((text) => text !== ''),
  ]);
  return `${[`# ${escaped(title)}`, ...parts].join('\n\n')}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return lineText(block.text);
    case 'heading':
      return `### ${escaped(block.text)}`;
    case 'facts':
      return block.facts
        .map(([name, value]) => `- ${escaped(name)}: ${cellText(value)}`)
        .join('\n');
    case 'table':
      return tableText(block.columns, block.rows);
    case 'rows':
      return rowsText(block.tables);
    case 'list':
      return block.items.map((item) => `- ${lineText(item)}`).join('\n');
    case 'timeline':
      return block.moments
        .map(({ at, title, text }) => {
          const words = text === '' ? '' : `: ${escaped(text)}`;
          return `- ${moment(at)} **${cellText(title)}**${words}`;
        })
        .join('\n');
    case 'code':
      return fenced(block.text);
  }
}

function rowsText(tables: readonly RowsOfTable[]): string {
  const right = 'right' as const;
  return tableText(
    [
      { title: 'table' },
      { title: 'before', align: right },
      { title: 'removed', align: right },
      { title: 'changed', align: right },
      { title: 'after', align: right },
    ],
    tables.map(({ table, before, removed, changed, after, counted }) => {
      return [
        { text: table, code: true },
        extentWords(before, counted),
        grouped(removed),
        grouped(changed),
        extentWords(after, counted),
      ];
    }),
  );
}

function tableText(columns: readonly BlockColumn[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => escaped(title))),
    line(columns.map(({ align }) => (align === 'right' ? '--:' : '---'))),
    ...rows.map((row) => line(row.map((cell) => cellText(cell)))),
  ].join('\n');
}

function cellText(cell: Cell): string {
  if (typeof cell === 'string') return escaped(cell);
  if (cell.code !== true) return escaped(cell.text);
  return codeSpan(cell.text);
}

/** Delimited by more backticks than the text holds in a row; a pipe would end a table's cell. */
function codeSpan(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').replaceAll('|', String.raw`\|`);
  const ticks = longestRun(plain) === 0 ? '`' : '`'.repeat(longestRun(plain) + 1);
  return ticks === '`' ? `\`${plain}\`` : `${ticks} ${plain} ${ticks}`;
}

function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Nothing in a value may become emphasis, a link, a tag or another cell. */
function escaped(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*[\]|<>]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\$&`);
}

/** At the start of a line some more would mean something. */
function lineText(cell: Cell): string {
  return cellText(cell)
    .replace(/^[#+-]/, String.raw`\$&`)
    .replace(/^(\d+)\./, String.raw`$1\.`);
}
