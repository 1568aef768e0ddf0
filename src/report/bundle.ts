import { wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { byteSize } from './wording.ts';

export interface BundleFacts {
  readonly file: string;
  readonly bytes: number;
  readonly contents: readonly string[];
  readonly missing: readonly string[];
}

export function bundleText(facts: BundleFacts, style: Style = plainStyle): string[] {
  const { file, bytes, contents, missing } = facts;
  return [
    style.bold(`created  ${file}  (${byteSize(bytes)})`),
    ...contents.map((name) => `  ${name}`),
    ...(missing.length === 0
      ? []
      : ['Not in it:', ...missing.flatMap((each) => wrapped(`  ${each}`))]),
  ];
}
