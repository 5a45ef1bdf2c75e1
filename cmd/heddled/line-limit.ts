// A few lines a minute for one cause: what repeats is counted, and the count is written when its minute is over.

export interface LineLimitOptions {
  /** Lines of one cause within a window that are written. */
  readonly burst: number;
  readonly windowMs: number;
  /** Called at the end of a window in which lines were left out. `text`: of the last one. */
  readonly onCount: (level: number, count: number, text: string) => void;
}

interface Window {
  written: number;
  leftOut: number;
  level: number;
  last: string;
}

/** Causes that are distinguished at a time; more than that are themselves a flood, and share what is left. */
const MAX_CAUSES = 500;
/** What differs between lines of one cause: names with digits, addresses, numbers, paths. */
const PARTICULARS = /[\w.:/-]*\d[\w.:/-]*|\/[\w./-]+/g;

export class LineLimit {
  readonly #options: LineLimitOptions;
  readonly #windows = new Map<string, Window>();

  constructor(options: LineLimitOptions) {
    this.#options = options;
  }

  /** Whether the line is to be written. `part`: who says it. */
  admits(level: number, part: string, text: string): boolean {
    const { burst } = this.#options;
    const window = this.#windowOf(`${level} ${part} ${causeOf(text)}`, level);
    if (window.written < burst) {
      window.written++;
      return true;
    }
    window.leftOut++;
    window.last = text;
    return false;
  }

  #windowOf(cause: string, level: number): Window {
    const key = this.#windows.has(cause) || this.#windows.size < MAX_CAUSES ? cause : 'others';
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const window = { written: 0, leftOut: 0, level, last: '' };
    this.#windows.set(key, window);
    setTimeout(() => this.#end(key, window), this.#options.windowMs).unref();
    return window;
  }

  #end(key: string, { leftOut, level, last }: Window): void {
    this.#windows.delete(key);
    if (leftOut > 0) this.#options.onCount(level, leftOut, last);
  }
}

function causeOf(text: string): string {
  return text.replace(PARTICULARS, '#').slice(0, 200);
}
