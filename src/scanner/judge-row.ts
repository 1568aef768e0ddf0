import type { ColumnRole } from './column-role.ts';
import type { Detector, RowText } from './detectors/detector.ts';
import type { Evidence } from './evidence.ts';
import type { JudgedText } from './scanned-table.ts';

/** Regular expressions as PostgreSQL reads them; null: there is none. */
export interface Prefilter {
  readonly anyCase: string | null;
  readonly exact: string | null;
}

interface Judge {
  readonly detector: Detector;
  readonly patterns: readonly RegExp[];
}

/** Detectors by the role that they want, each with its prefilter made ready. */
export class Judges {
  readonly #byRole = new Map<ColumnRole, readonly Judge[]>();

  constructor(detectors: readonly Detector[]) {
    for (const detector of detectors) {
      const { prefilter, exactPrefilter } = detector;
      const patterns = [new RegExp(prefilter, 'i')];
      if (exactPrefilter !== undefined) patterns.push(new RegExp(exactPrefilter));
      for (const role of detector.wants) {
        this.#byRole.set(role, [...(this.#byRole.get(role) ?? []), { detector, patterns }]);
      }
    }
  }

  /** What finds every value of the role that a detector may object to; null: none does. */
  prefilter(role: ColumnRole): Prefilter | null {
    const detectors = this.#byRole.get(role)?.map(({ detector }) => detector);
    if (detectors === undefined) return null;
    return {
      anyCase: joined(detectors.map(({ prefilter }) => prefilter)),
      exact: joined(detectors.flatMap(({ exactPrefilter }) => exactPrefilter ?? [])),
    };
  }

  /** @param values in the order of the texts; null where the row has none */
  judge(texts: readonly JudgedText[], values: readonly (string | null)[]): readonly Evidence[] {
    const row = rowText(texts, values);
    return texts.flatMap((text, at) => this.#judgeText(text, values[at]?.trim() ?? '', row));
  }

  #judgeText({ label, role }: JudgedText, value: string, row: RowText): readonly Evidence[] {
    if (value === '') return [];
    const subject = { value, role, column: label.toLowerCase(), row };
    return (this.#byRole.get(role) ?? []).flatMap(({ detector, patterns }) => {
      const judgement = patterns.some((pattern) => pattern.test(value))
        ? detector.judge(subject)
        : null;
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

function joined(patterns: readonly string[]): string | null {
  return patterns.length === 0 ? null : patterns.map((pattern) => `(?:${pattern})`).join('|');
}
