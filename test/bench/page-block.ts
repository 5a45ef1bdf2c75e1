// Parts of a page that a command writes: they lie between two comments, and what is around them stays.

export interface PageBlock {
  readonly begin: string;
  readonly end: string;
}

/** `command`: that which writes it. */
export function pageBlock(name: string, command: string): PageBlock {
  return { begin: `<!-- ${name}: begin (${command} writes from here) -->`, end: `<!-- ${name}: end -->` };
}

/** The page with that text in the block; throws when it has no place for it. */
export function withBlock(page: string, block: PageBlock, text: string): string {
  const [begin, end] = [page.indexOf(block.begin), page.indexOf(block.end)];
  if (begin < 0 || end < begin) throw new Error(`the page has no markers like ${block.begin}`);
  return `${page.slice(0, begin + block.begin.length)}\n${text}\n${page.slice(end)}`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
