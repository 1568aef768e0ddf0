import type { JSX } from 'hono/jsx/jsx-runtime';

import { counted } from '../../kernel/counts.ts';
import { scanBlocks } from '../../report/content/scan-blocks.ts';
import { Blocks } from '../../report/html/blocks.tsx';
import { moment } from '../../report/wording.ts';
import type { ScannedAt } from '../context.ts';
import { Layout, Notice, type Shell } from './layout.tsx';

export function ScanPage({
  shell,
  scanned,
}: {
  readonly shell: Shell;
  readonly scanned: ScannedAt;
}): JSX.Element {
  const { result, at } = scanned;
  const rows = result.findings.length;
  return (
    <Layout shell={shell} title="Scan">
      {rows === 0 ? (
        <Notice tone="good" word="nothing found">
          No row looks like demo, test or seed data.
        </Notice>
      ) : (
        <Notice tone="bad" word={counted(rows, 'row')}>
          {counted(rows, 'row')} that look like demo, test or seed data.
        </Notice>
      )}
      <p class="quiet">
        Scanned on {moment(at)}; values are masked, no password was tried, and of large tables a
        part was looked at. <code>hygiene scan</code> looks at all of it.
      </p>
      <Blocks blocks={scanBlocks(result)} />
    </Layout>
  );
}
