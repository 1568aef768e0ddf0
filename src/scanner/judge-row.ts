import type { ColumnRole } from './column-role.ts';
import type { Detector, RowText } from './detectors/detector.ts';
import { type MergedPrefilter, mergePrefilters } from './detectors/prefilter.ts';
import type { Evidence } from './evidence.ts';
import type { JudgedText } from './scanned-table.ts';

/** Detectors by the role that they want. */
export class Judges {
  readonly #byRole = new Map<ColumnRole, readonly Detector[]>();
  readonly #merged = new Map<ColumnRole, MergedPrefilter>();

  readonly #isStorable: (text: string) => boolean;

  /** @param isStorable whether a value of the database can hold a text */
  constructor(detectors: readonly Detector[], isStorable: (text: string) => boolean) {
    this.#isStorable = isStorable;
    for (const detector of detectors) {
      for (const role of detector.wants) {
        this.#byRole.set(role, [...(this.#byRole.get(role) ?? []), detector]);
      }
    }
  }

  /** What finds every value of the role that a detector may object to; null: none does. */
  prefilter(role: ColumnRole): MergedPrefilter | null {
    const known = this.#merged.get(role);
    if (known !== undefined) return known;
    const detectors = this.#byRole.get(role);
    if (detectors === undefined) return null;
    const prefilters = detectors.map(({ prefilter }) => prefilter);
    const merged = mergePrefilters(prefilters, this.#isStorable);
    this.#merged.set(role, merged);
    return merged;
  }

  /** @param values in the order of the texts; null where the row has none */
  judge(texts: readonly JudgedText[], values: readonly (string | null)[]): readonly Evidence[] {
    const row = rowText(texts, values);
    return texts.flatMap((text, at) => this.#judgeText(text, values[at]?.trim() ?? '', row));
  }

  #judgeText({ label, role }: JudgedText, value: string, row: RowText): readonly Evidence[] {
    if (value === '') return [];
    const subject = { value, role, column: label.toLowerCase(), row };
    return (this.#byRole.get(role) ?? []).flatMap((detector) => {
      const judgement = detector.judge(subject);
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
