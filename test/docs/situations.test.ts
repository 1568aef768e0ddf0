import { expect, test } from '@jest/globals';

import { fencesOf, pages, pathOf } from './pages.ts';
import { Reader } from './reader.ts';

const all = pages().flatMap((page) => fencesOf(page).map((fence) => ({ page, fence })));

const HOLD = `import { defineConfig, sql } from 'pg-hygiene';
export default defineConfig({
  batches: { throttle: sql\`select true\` },
});`;

/** What somebody has done who comes to a block with this mark, in a project and a database of their own. */
const situations: Readonly<Record<string, (reader: Reader) => Promise<void>>> = {
  /** The rows are listed, and no run is at work. */
  batches: async (reader) => {
    saveShown(reader, 'hygiene/20260127090000_purge_drafts.ts');
    reader.save('hygiene/config.ts', [HOLD]);
    await reader.execute(`
      insert into reports (author_id, title)
      select min(id), 'Draft of ' || n from users, generate_series(1, 100) as n group by n`);
    await succeed(reader, ['up --max-duration 1']);
  },
  /** The tables are there and hold nothing; the migration is pending. */
  new: async (reader) => {
    saveShown(reader, 'hygiene/20260112090000_purge_demo_users.ts');
    await reader.execute('truncate users, admins cascade');
  },
  /** The migration was held to a plan. */
  planned: async (reader) => {
    saveShown(reader, 'hygiene/20260112090000_purge_demo_users.ts');
    await succeed(reader, ['plan --out plan.json', 'up --plan plan.json']);
  },
};

/** As the first page shows it. */
function saveShown(reader: Reader, path: string): void {
  const shown = all.find(({ fence }) => pathOf(fence) === path);
  if (shown === undefined) throw new Error(`no page shows ${path}`);
  reader.save(path, shown.fence.lines);
}

async function succeed(reader: Reader, commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const { code, stderr } = await reader.hygiene(command);
    expect([command, code, stderr]).toEqual([command, 0, '']);
  }
}

const blocks = all.flatMap(({ page, fence }) =>
  fence.marks.filter((mark) => mark in situations).map((mark) => [mark, page.path, fence] as const),
);

test.each(blocks)(
  'whoever comes to the block "%s" of %s gets what it shows',
  async (mark, _path, fence) => {
    const reader = await Reader.sitDown();
    await situations[mark]?.(reader);
    await expect(reader.try(fence)).resolves.toBeUndefined();
  },
);

test('each situation is shown somewhere', () => {
  expect(new Set(blocks.map(([mark]) => mark))).toEqual(new Set(Object.keys(situations)));
});
