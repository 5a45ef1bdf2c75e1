// Text measured in cells of a terminal: a Chinese character and an emoji take two, a combining mark none (Unicode's East Asian Width).
import stringWidth from 'string-width';
import { withoutColours } from './colour.ts';

const ASCII = /^[ -~]*$/;
const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export function cellsOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  return stringWidth(withoutColours(text));
}

/** Left-aligned in `cells`; longer text stays whole. */
export function padEnd(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - cellsOf(text)));
}

/** Right-aligned. */
export function padStart(text: string, cells: number): string {
  return ' '.repeat(Math.max(0, cells - cellsOf(text))) + text;
}

/** Pieces of at most `cells`, between what a person sees as characters: at least one in each. */
export function broken(word: string, cells: number): string[] {
  if (cellsOf(word) <= cells) return [word];
  const pieces: string[] = [];
  let [piece, width] = ['', 0];
  for (const { segment } of characters.segment(word)) {
    const more = cellsOf(segment);
    if (piece !== '' && width + more > cells) {
      pieces.push(piece);
      [piece, width] = ['', 0];
    }
    piece += segment;
    width += more;
  }
  return [...pieces, piece];
}
