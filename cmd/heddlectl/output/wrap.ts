// Fits columns into a line: which of them become narrower, and where their texts are broken.
import { broken, cellsOf } from './cells.ts';

const HANGING = '  ';

/** Takes from the widest column, again and again, until the sum fits or every column is at its `least`. */
export function fittingWidths(
  natural: readonly number[],
  least: readonly number[],
  available: number,
): number[] {
  const widths = [...natural];
  for (let excess = sum(widths) - available; excess > 0; excess -= 1) {
    const widest = widths.reduce<number>((best, width, i) => {
      const isShrinkable = width > (least[i] ?? 0);
      return isShrinkable && (best < 0 || width > (widths[best] ?? 0)) ? i : best;
    }, -1);
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** Between words; a word that is wider than the line is broken itself. */
export function wrap(text: string, width: number): string[] {
  return wrapWords(text, width, word => broken(word, Math.max(width, 1)));
}

function wrapWords(text: string, width: number, piecesOf: (word: string) => readonly string[]): string[] {
  if (cellsOf(text) <= width) return [text];
  const lines: string[] = [];
  let [line, cells] = ['', 0];
  for (const word of text.split(' ').flatMap(piecesOf)) {
    const more = cellsOf(word);
    if (line !== '' && cells + 1 + more > width) {
      lines.push(line);
      [line, cells] = [word, more];
    } else [line, cells] = line === '' ? [word, more] : [`${line} ${word}`, cells + 1 + more];
  }
  return [...lines, line];
}

/** A sentence over several lines, all but the first indented by two more; lines that fit, and words, stay as they are. */
export function fold(text: string, width: number): string {
  return text
    .split('\n')
    .map(line => {
      if (cellsOf(line) <= width) return line;
      const indent = /^ *(?:# )?/.exec(line)?.[0] ?? ''; // a comment of YAML stays one
      return wrapWords(line.slice(indent.length), width - indent.length - HANGING.length, word => [word])
        .map((part, i) => `${indent}${i === 0 ? '' : HANGING}${part}`)
        .join('\n');
    })
    .join('\n');
}

/** Of the text's longest word: no line of it can be shorter. */
export function longestWord(text: string): number {
  return text.split(' ').reduce((most, word) => Math.max(most, cellsOf(word)), 0);
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
