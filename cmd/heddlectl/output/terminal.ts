// The one way from heddlectl to a person's terminal.
import { forTerminal } from './colour.ts';

/** A text with its last line break, on standard output. */
export function print(text: string): void {
  if (text !== '') process.stdout.write(`${forTerminal(text)}\n`);
}

/** The same on standard error: what is not the answer. */
export function say(text: string): void {
  process.stderr.write(`${forTerminal(text)}\n`);
}
