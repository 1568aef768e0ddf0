import { counted } from '../kernel/counts.ts';

export type ExportFormat = 'json' | 'csv';

/** Events as the database writes them. */
export interface ExportedLedger {
  readonly columns: readonly string[];
  readonly events: readonly {
    readonly values: readonly (string | null)[];
    readonly json: string;
  }[];
}

/** The text of an export, with the end of its last line. */
export function exportedText(format: ExportFormat, ledger: ExportedLedger): string {
  return format === 'csv' ? csvText(ledger) : jsonText(ledger);
}

/** RFC 4180. An absent value is empty, an empty text is `""`. */
function csvText({ columns, events }: ExportedLedger): string {
  const lines = [columns, ...events.map(({ values }) => values)];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(value: string | null): string {
  if (value === null) return '';
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** An array with one event a line. */
function jsonText({ events }: ExportedLedger): string {
  if (events.length === 0) return '[]\n';
  return `[\n${events.map(({ json }) => json).join(',\n')}\n]\n`;
}

export function exportedLine({
  events,
  file,
}: {
  readonly events: number;
  readonly file: string;
}): string {
  return `${counted(events, 'event')} written to ${file}`;
}
