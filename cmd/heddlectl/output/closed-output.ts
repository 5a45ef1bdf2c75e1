// Standard output that takes no more: its reader has gone (`heddlectl … | head`), or its disk is full.
import { writeSync } from 'node:fs';

const STDERR = 2;
const FAILED = 1;

let openUndertakings = 0;

/** What is to be done before the process may end. While there are any, they are told instead of the process being ended. */
export class Undertaking {
  readonly #onClosed: (error: NodeJS.ErrnoException) => void;

  constructor(onClosed: (error: NodeJS.ErrnoException) => void) {
    this.#onClosed = onClosed;
    openUndertakings += 1;
    process.stdout.on('error', this.#onClosed);
  }

  [Symbol.dispose](): void {
    openUndertakings -= 1;
    process.stdout.off('error', this.#onClosed);
  }
}

/** A reader that has gone is no failure: the exit status is the command's. */
export function endWithOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (openUndertakings > 0) return;
    if (error.code === 'EPIPE') process.exit();
    say(`heddlectl: standard output cannot be written: ${error.message}\n`);
    process.exit(FAILED);
  });
  process.stderr.on('error', () => undefined); // nobody reads what goes wrong either
}

function say(text: string): void {
  try {
    writeSync(STDERR, text);
  } catch {
    // it is closed, too
  }
}
