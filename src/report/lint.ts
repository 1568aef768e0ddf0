import { indented, wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { counted } from '../kernel/counts.ts';

interface Finding {
  readonly file: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export interface LintFacts {
  readonly migrations: number;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

export function lintText(report: LintFacts, style: Style = plainStyle): string[] {
  const { migrations, problems, warnings } = report;
  const lines = [
    ...problems.flatMap((finding) => findingLines(style.red('problem'), finding)),
    ...warnings.flatMap((finding) => findingLines(style.yellow('warning'), finding)),
  ];
  const found =
    problems.length + warnings.length === 0
      ? 'no problems'
      : `${counted(problems.length, 'problem')}, ${counted(warnings.length, 'warning')}`;
  return [...lines, style.bold(`${counted(migrations, 'migration')}: ${found}.`)];
}

function findingLines(kind: string, { code, message, hint }: Finding): string[] {
  return [
    ...wrapped(`${kind} ${code}: ${message}`),
    ...(hint === null ? [] : indented(wrapped(hint, 98))),
  ];
}
