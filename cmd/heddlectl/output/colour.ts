// Colours for terminals only: no colours in pipes, in CI, or with NO_COLOR. A colour is a mark that only this process knows, and becomes
// an escape sequence when it is printed: one that stands in a name or a problem is text of others, and is shown as `\x1b`.
import { randomUUID } from 'node:crypto';
import { isatty } from 'node:tty';
import { printable } from '../../../loader/config/printable.ts';

const STDOUT = 1;
const ESCAPE = '\x1b';
const NONCE = randomUUID();
const MARK = new RegExp(`${ESCAPE}${NONCE}:(\\d+)m`);
const MARKS = new RegExp(MARK, 'g');

const isColoured = isatty(STDOUT) && process.env['NO_COLOR'] === undefined;

export const colour = coloursIf(isColoured);

type Tint = (text: string) => string;

/** SGR: what begins it, and what ends it. */
export function coloursIf(
  isOn: boolean,
): Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', Tint>> {
  const tint =
    (begin: number, end: number): Tint =>
    text =>
      isOn ? `${mark(begin)}${text}${mark(end)}` : text;
  return {
    ...{ bold: tint(1, 22), dim: tint(2, 22) },
    ...{ red: tint(31, 39), green: tint(32, 39), yellow: tint(33, 39), cyan: tint(36, 39) },
  };
}

function mark(code: number | string): string {
  return `${ESCAPE}${NONCE}:${code}m`;
}

/** For files, and to measure. */
export function withoutColours(text: string): string {
  return text.replace(MARKS, '');
}

/** Text of others is shown, and does nothing; colours stay marks. */
export function harmless(text: string): string {
  return text
    .split(MARK) // every other part is what the pattern has captured
    .map((part, i) => (i % 2 === 0 ? printable(part) : mark(part)))
    .join('');
}

/** What a terminal gets. */
export function forTerminal(text: string): string {
  return harmless(text).replace(MARKS, `${ESCAPE}[$1m`);
}
