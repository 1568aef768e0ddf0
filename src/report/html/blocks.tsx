import type { JSX } from 'hono/jsx/jsx-runtime';

import { moment } from '../wording.ts';
import type { Block, BlockColumn, Cell, Moment, Section, Span } from '../content/block.ts';
import { RowsChart } from './rows-chart.tsx';

/** Names of so many characters stay in one line; hashes may be broken anywhere. */
const UNBROKEN_MAX = 48;

export function SectionView({ section }: { readonly section: Section }): JSX.Element {
  const { id, title, blocks } = section;
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <Blocks blocks={blocks} />
    </section>
  );
}

export function Blocks({ blocks }: { readonly blocks: readonly Block[] }): JSX.Element {
  return (
    <>
      {blocks.map((block) => (
        <BlockView block={block} />
      ))}
    </>
  );
}

function BlockView({ block }: { readonly block: Block }): JSX.Element {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p>
          <CellView cell={block.text} />
        </p>
      );
    case 'heading':
      return <h3>{block.text}</h3>;
    case 'facts':
      return <Facts facts={block.facts} />;
    case 'table':
      return <Table columns={block.columns} rows={block.rows} />;
    case 'rows':
      return <RowsChart tables={block.tables} />;
    case 'list':
      return (
        <ul>
          {block.items.map((item) => (
            <li>
              <CellView cell={item} />
            </li>
          ))}
        </ul>
      );
    case 'timeline':
      return <Timeline moments={block.moments} />;
    case 'code':
      return (
        <pre tabindex={0}>
          <code>{block.text}</code>
        </pre>
      );
  }
}

function CellView({ cell }: { readonly cell: Cell }): JSX.Element {
  if (typeof cell === 'string') return <>{cell}</>;
  const { href } = cell;
  if (href === undefined) return <Words {...cell} />;
  return (
    <a href={href}>
      <Words {...cell} />
    </a>
  );
}

function Words({ text, tone, code }: Span): JSX.Element {
  if (code === true) {
    const classes = [tone, text.length <= UNBROKEN_MAX ? 'unbroken' : undefined];
    return <code class={classes.filter((name) => name !== undefined).join(' ')}>{text}</code>;
  }
  if (tone === undefined) return <>{text}</>;
  return <span class={tone}>{text}</span>;
}

export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [string, Cell])[];
}): JSX.Element {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>
            <CellView cell={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface TableProps {
  readonly columns: readonly BlockColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

function Table({ columns, rows }: TableProps): JSX.Element {
  const alignment = (at: number): string | undefined =>
    columns[at]?.align === 'right' ? 'number' : undefined;
  // Wide tables scroll inside their frame; a frame that scrolls must be reachable by keyboard.
  return (
    <div class="scroll" tabindex={0}>
      <table class="stacked">
        <thead>
          <tr>
            {columns.map(({ title }, at) => (
              <th scope="col" class={alignment(at)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell, at) => (
                <td class={alignment(at)} data-title={columns[at]?.title}>
                  <CellView cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Timeline({ moments }: { readonly moments: readonly Moment[] }): JSX.Element {
  return (
    <ol class="timeline">
      {moments.map(({ at, title, text, tone }) => (
        <li class={tone}>
          <time datetime={at.toISOString()}>{moment(at)}</time>
          <strong>
            <CellView cell={title} />
          </strong>
          {text === '' ? null : <span>{text}</span>}
        </li>
      ))}
    </ol>
  );
}
