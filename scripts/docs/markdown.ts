import { format } from 'prettier';

/** A table; the cells are Markdown, with their own `|` escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** As all pages of the repository are laid out. */
export function laidOut(page: string): Promise<string> {
  return format(page, { parser: 'markdown', printWidth: 110, proseWrap: 'preserve' });
}
