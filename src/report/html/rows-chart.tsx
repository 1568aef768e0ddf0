import type { JSX } from 'hono/jsx/jsx-runtime';

import { grouped } from '../../kernel/counts.ts';
import { extentWords, type RowsOfTable } from '../content/block.ts';

/** Units of the drawing; the page scales it to the room there is. */
const WIDTH = 400;
const HEIGHT = 16;
/** What is there must be seen, however little it is. */
const SLIVER = 2;

/** Rows before, removed and after: each table a bar on one scale, with its numbers beside it. */
export function RowsChart({ tables }: { readonly tables: readonly RowsOfTable[] }): JSX.Element {
  const most = Math.max(1, ...tables.map(({ before, removed }) => before ?? removed));
  const hasChanges = tables.some(({ changed }) => changed > 0);
  return (
    <figure class="rows-chart">
      <figcaption class="legend">
        <Key kind="removed" words="removed" />
        <Key kind="after" words="left" />
      </figcaption>
      <div class="scroll" tabindex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">table</th>
              <th scope="col">rows</th>
              <th scope="col" class="number">
                before
              </th>
              <th scope="col" class="number">
                removed
              </th>
              {hasChanges ? (
                <th scope="col" class="number">
                  changed
                </th>
              ) : null}
              <th scope="col" class="number">
                left
              </th>
            </tr>
          </thead>
          <tbody>
            {tables.map((rows) => (
              <ChartRow rows={rows} most={most} hasChanges={hasChanges} />
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function Key({ kind, words }: { readonly kind: string; readonly words: string }): JSX.Element {
  return (
    <span>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        <rect class={kind} width="12" height="12" />
      </svg>
      {words}
    </span>
  );
}

interface ChartRowProps {
  readonly rows: RowsOfTable;
  readonly most: number;
  readonly hasChanges: boolean;
}

function ChartRow({ rows, most, hasChanges }: ChartRowProps): JSX.Element {
  const { table, before, removed, changed, after, counted } = rows;
  return (
    <tr>
      <th scope="row">
        <code class="unbroken">{table}</code>
      </th>
      <td class="bar">
        <Bar removed={widthOf(removed, most)} after={widthOf(after ?? 0, most)} />
      </td>
      <td class="number">{extentWords(before, counted)}</td>
      <td class="number">{grouped(removed)}</td>
      {hasChanges ? <td class="number">{grouped(changed)}</td> : null}
      <td class="number">{extentWords(after, counted)}</td>
    </tr>
  );
}

function widthOf(rows: number, most: number): number {
  if (rows === 0) return 0;
  return Math.max(SLIVER, Math.round((rows / most) * WIDTH * 10) / 10);
}

/** The numbers beside it say the same, so that a screen reader may leave it out. */
function Bar({
  removed,
  after,
}: {
  readonly removed: number;
  readonly after: number;
}): JSX.Element {
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="after" width={after} height={HEIGHT} />
      <rect class="removed" x={after} width={removed} height={HEIGHT} />
    </svg>
  );
}
