import type { ColumnRole } from '../../../src/scanner/column-role.ts';
import { allDetectors } from '../../../src/scanner/detectors/all-detectors.ts';
import { Judges } from '../../../src/scanner/judge-row.ts';

const judges = new Judges(allDetectors, () => true);

/** What the detectors say about a value, as `name strength`, beside the others of its row. */
export function said(
  role: ColumnRole,
  value: string,
  others: Partial<Record<ColumnRole, string>> = {},
): readonly string[] {
  const texts = [[role, value], ...Object.entries(others)] as readonly (readonly [
    ColumnRole,
    string,
  ])[];
  return judges
    .judge(
      texts.map(([each]) => ({ label: each, role: each, columns: [each] })),
      texts.map(([, each]) => each),
    )
    .filter(({ column }) => column === role)
    .map(({ detector, strength }) => `${detector} ${strength}`);
}
