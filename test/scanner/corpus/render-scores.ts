import { tableLines } from '../../../src/report/layout.ts';
import { rate, type Scores, type Share } from './evaluate.ts';

const RIGHT = { align: 'right' } as const;

/** The rates of each case and of all, as a table. */
export function scoreLines(cases: ReadonlyMap<string, Scores>): readonly string[] {
  const rows = [...cases].map(([name, { recall, flagged, proposedAdmins }]) => [
    name,
    percent(recall.text),
    percent(recall.password),
    percent(recall.group),
    percent(flagged),
    percent(recall['admin:default']),
    String(proposedAdmins),
  ]);
  const titles = ['text', 'password', 'group', 'flagged', 'admins', 'proposed'];
  return tableLines([{ title: 'case' }, ...titles.map((title) => ({ title, ...RIGHT }))], rows);
}

/** Genuine rows that were flagged, by kind of trap and by table, where there are any. */
export function flaggedLines({ flaggedByTrap, flaggedByTable }: Scores): readonly string[] {
  const lines = (shares: ReadonlyMap<string, Share>): readonly (readonly string[])[] =>
    [...shares].filter(([, { hits }]) => hits > 0).map(([name, share]) => [name, percent(share)]);
  return tableLines(
    [{ title: 'genuine rows flagged' }, { title: 'share', ...RIGHT }],
    [...lines(flaggedByTrap), ...lines(flaggedByTable)],
  );
}

/** The rows that were judged wrongly, with what was said of them. */
export function missLines({ misses }: Scores): readonly string[] {
  return misses.map(({ where, label, row, found }) => {
    const said =
      found === null
        ? ''
        : `\n    ${found.kind} ${String(found.score)}: ${found.evidence.join('; ')}`;
    return `${where} [${label}] ${row.slice(0, 300)}${said}`;
  });
}

function percent(share: Share): string {
  if (share.of === 0) return '–';
  return `${(rate(share) * 100).toFixed(rate(share) < 0.1 ? 2 : 1)} % of ${String(share.of)}`;
}
