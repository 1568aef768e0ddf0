import { counted, grouped } from '../../kernel/counts.ts';
import type { Finding } from '../../scanner/finding.ts';
import type { ScanResult } from '../../scanner/scan-result.ts';
import { keyAsJson } from '../../scanner/row-key.ts';
import { wordFor } from '../../scanner/score.ts';
import { findingsByTable, reasonsOf, rowName } from '../scan-groups.ts';
import { evidenceText } from '../scan-document.ts';
import { apartWords, notLookedAtWords } from '../scan.ts';
import { type Block, code, paragraph } from './block.ts';

const REASONS_SHOWN = 8;
const ROWS_SHOWN = 5;

/** What a scan found, by table, with evidence in masked form. */
export function scanBlocks(result: ScanResult): readonly Block[] {
  const admins = result.findings.filter(({ kind }) => kind === 'admin-default-password');
  const seeds = result.findings.filter(({ kind }) => kind !== 'admin-default-password');
  return [
    ...(admins.length === 0 ? [] : adminBlocks(admins)),
    ...(seeds.length === 0
      ? [paragraph({ text: 'No seed data was found.', tone: 'good' })]
      : seedBlocks(seeds)),
    ...listOf('Left out of the findings', result.apart.map(apartWords)),
    ...listOf('Not looked at', notLookedAtWords(result)),
  ];
}

function adminBlocks(admins: readonly Finding[]): readonly Block[] {
  return [
    paragraph({
      text: `${counted(admins.length, 'administrator')} with a default password`,
      tone: 'bad',
    }),
    rowsBlock(admins),
  ];
}

function seedBlocks(seeds: readonly Finding[]): readonly Block[] {
  const tables = findingsByTable(seeds);
  const right = 'right' as const;
  const totals: Block = {
    kind: 'table',
    columns: [
      { title: 'table' },
      { title: 'rows', align: right },
      { title: 'certain', align: right },
      { title: 'likely', align: right },
      { title: 'possible', align: right },
    ],
    rows: [...tables].map(([table, findings]) => [
      code(table.name.toString()),
      grouped(findings.length),
      ...(['certain', 'likely', 'possible'] as const).map((word) =>
        grouped(findings.filter(({ score }) => wordFor(score) === word).length),
      ),
    ]),
  };
  return [
    paragraph({
      text: `${counted(seeds.length, 'row')} in ${counted(tables.size, 'table')}`,
      tone: 'bad',
    }),
    totals,
    ...[...tables].flatMap(([table, findings]) => [
      { kind: 'heading' as const, text: table.name.toString() },
      reasonsBlock(findings),
      rowsBlock(findings),
    ]),
  ];
}

function reasonsBlock(findings: readonly Finding[]): Block {
  return {
    kind: 'table',
    columns: [{ title: 'rows', align: 'right' }, { title: 'because' }],
    rows: reasonsOf(findings)
      .slice(0, REASONS_SHOWN)
      .map(({ reason, findings: of }) => [grouped(of.length), reason]),
  };
}

/** Some rows, to be looked up by their key. */
function rowsBlock(findings: readonly Finding[]): Block {
  return {
    kind: 'table',
    columns: [{ title: 'row' }, { title: 'score', align: 'right' }, { title: 'evidence, masked' }],
    rows: findings
      .slice(0, ROWS_SHOWN)
      .map((finding) => [
        code(rowName(finding.table.key, keyAsJson(finding.table, finding.key))),
        [finding.score.toFixed(2), ...[wordFor(finding.score)].flatMap((word) => word ?? [])].join(
          ' ',
        ),
        finding.evidence.map((each) => evidenceText(each, false)).join('; '),
      ]),
  };
}

function listOf(title: string, items: readonly string[]): readonly Block[] {
  return items.length === 0
    ? []
    : [
        { kind: 'heading', text: title },
        { kind: 'list', items },
      ];
}
