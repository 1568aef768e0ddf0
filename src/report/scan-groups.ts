import type { Table } from '../catalog/model.ts';
import type { Finding } from '../scanner/finding.ts';

export function findingsByTable(
  findings: readonly Finding[],
): ReadonlyMap<Table, readonly Finding[]> {
  const tables = new Map<Table, Finding[]>();
  for (const finding of findings) {
    const group = tables.get(finding.table);
    if (group === undefined) tables.set(finding.table, [finding]);
    else group.push(finding);
  }
  return tables;
}

export interface SharedReason {
  readonly reason: string;
  readonly findings: readonly Finding[];
}

/** The reasons in words, those first that most rows share. */
export function reasonsOf(findings: readonly Finding[]): readonly SharedReason[] {
  const reasons = new Map<string, Finding[]>();
  for (const finding of findings) {
    const said = finding.evidence.map(({ column, says }) =>
      [column, says].flatMap((each) => each ?? []).join(' '),
    );
    for (const reason of new Set(said)) {
      const group = reasons.get(reason);
      if (group === undefined) reasons.set(reason, [finding]);
      else group.push(finding);
    }
  }
  return [...reasons]
    .map(([reason, of]) => ({ reason, findings: of }))
    .sort((a, b) => b.findings.length - a.findings.length);
}

/** As people look a row up: `id 17`, `(customer "a1", no 2)`. */
export function rowName(key: readonly string[] | null, value: unknown): string {
  const [column = 'ctid', ...others] = key ?? [];
  if (others.length === 0) return `${column} ${JSON.stringify(value)}`;
  const values = Object.entries(value as Readonly<Record<string, unknown>>);
  return `(${values.map(([name, each]) => `${name} ${JSON.stringify(each)}`).join(', ')})`;
}
