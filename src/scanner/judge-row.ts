import type { ColumnRole } from './column-role.ts';
import type { Detector, RowText } from './detectors/detector.ts';
import type { Evidence } from './evidence.ts';
import type { JudgedText } from './scanned-table.ts';

/** Detectors by the role that they want, each with its prefilter made ready. */
export class Judges {
  readonly #byRole = new Map<
    ColumnRole,
    { readonly detector: Detector; readonly found: RegExp }[]
  >();

  constructor(detectors: readonly Detector[]) {
    for (const detector of detectors) {
      const judge = { detector, found: new RegExp(detector.prefilter, 'i') };
      for (const role of detector.wants) {
        this.#byRole.set(role, [...(this.#byRole.get(role) ?? []), judge]);
      }
    }
  }

  /** One regular expression that finds every value of the role which a detector may object to; null: none. */
  prefilter(role: ColumnRole): string | null {
    const parts = this.#byRole.get(role)?.map(({ detector }) => detector.prefilter);
    return parts === undefined ? null : parts.map((part) => `(?:${part})`).join('|');
  }

  /** @param values in the order of the texts; null where the row has none */
  judge(texts: readonly JudgedText[], values: readonly (string | null)[]): readonly Evidence[] {
    const row = rowText(texts, values);
    return texts.flatMap((text, at) => this.#judgeText(text, values[at]?.trim() ?? '', row));
  }

  #judgeText({ label, role }: JudgedText, value: string, row: RowText): readonly Evidence[] {
    if (value === '') return [];
    const subject = { value, role, column: label.toLowerCase(), row };
    return (this.#byRole.get(role) ?? []).flatMap(({ detector, found }) => {
      const judgement = found.test(value) ? detector.judge(subject) : null;
      if (judgement === null) return [];
      const { name, family } = detector;
      return [{ ...judgement, detector: name, family, column: label, value: value.slice(0, 120) }];
    });
  }
}

function rowText(texts: readonly JudgedText[], values: readonly (string | null)[]): RowText {
  return {
    first(role) {
      const at = texts.findIndex((text, index) => text.role === role && isText(values[index]));
      return values[at]?.trim() ?? null;
    },
  };
}

function isText(value: string | null | undefined): boolean {
  return value !== null && value !== undefined && value.trim() !== '';
}
