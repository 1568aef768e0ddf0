import type { Evidence } from '../scanner/evidence.ts';
import type { Finding } from '../scanner/finding.ts';
import { keyAsJson } from '../scanner/row-key.ts';
import type { ScanResult } from '../scanner/scan-result.ts';
import type { Fields } from './document.ts';
import { maskedValue } from './masked-value.ts';

/** One finding as a line for machines. */
export function findingRecord(finding: Finding, showValues: boolean): Fields {
  const { table, key, score, kind, evidence } = finding;
  return {
    table: `${table.name.schema}.${table.name.name}`,
    pk: keyAsJson(table, key),
    score,
    kind,
    evidence: evidence.map((each) => evidenceText(each, showValues)),
  };
}

/** `email is in a domain reserved for examples and tests (RFC 2606): d***@e***.c**` */
export function evidenceText({ column, says, value }: Evidence, showValues: boolean): string {
  const words = column === null ? says : `${column} ${says}`;
  if (value === null) return words;
  return `${words}: ${showValues ? value : maskedValue(value)}`;
}

/** What was looked at and what was not, beside the findings. */
export function scanFields(result: ScanResult): Fields {
  const { tables, findings, apart, leftOut, passwords } = result;
  const count = new Map<string, number>();
  for (const { table } of findings) {
    const name = table.name.toString();
    count.set(name, (count.get(name) ?? 0) + 1);
  }
  return {
    findings: findings.length,
    tables: tables.map(({ table, percent, weaker, beyond, columns, isHidden, failures }) => ({
      table: `${table.name.schema}.${table.name.name}`,
      findings: count.get(table.name.toString()) ?? 0,
      weaker,
      notKept: beyond,
      percentLookedAt: percent ?? 100,
      columns: Object.fromEntries(columns.map(({ name, role }) => [name, role])),
      hiddenByRowSecurity: isHidden,
      failures,
    })),
    leftOut,
    apart: apart.map(({ table, reason, rows, says }) => ({
      table: `${table.name.schema}.${table.name.name}`,
      reason,
      rows,
      says,
    })),
    passwords: passwords.map(({ table, ...each }) => ({
      table: `${table.name.schema}.${table.name.name}`,
      ...each,
    })),
  };
}
