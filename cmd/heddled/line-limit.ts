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

/**
 * Causes of one part and level that are distinguished at a time. More than that are themselves a flood and share one window: of
 * that part alone, so that the names that tenants choose do not leave out what another part has to say.
 */
const MAX_CAUSES = 500;
/** By its beginning a cause is known. The pattern below takes the square of a long word's length. */
const CAUSE_LENGTH = 200;
/** What differs between lines of one cause: names with digits, addresses, numbers, paths. */
const PARTICULARS = /[\w.:/-]*\d[\w.:/-]*|\/[\w./-]+/g;
/** Is no cause: those have no empty text. */
const OTHERS = '';

export class LineLimit {
  readonly #options: LineLimitOptions;
  /** By part and level, then by cause. */
  readonly #windows = new Map<string, Map<string, Window>>();

  constructor(options: LineLimitOptions) {
    this.#options = options;
  }

  /** Whether the line is to be written. `part`: who says it. */
  admits(level: number, part: string, text: string): boolean {
    const { burst } = this.#options;
    const window = this.#windowOf(`${level} ${part}`, causeOf(text), level);
    if (window.written < burst) {
      window.written++;
      return true;
    }
    window.leftOut++;
    window.last = text;
    return false;
  }

  #windowOf(group: string, cause: string, level: number): Window {
    const windows = this.#windows.get(group) ?? new Map<string, Window>();
    const key = windows.has(cause) || windows.size < MAX_CAUSES ? cause : OTHERS;
    const known = windows.get(key);
    if (known !== undefined) return known;
    const window = { written: 0, leftOut: 0, level, last: '' };
    this.#windows.set(group, windows.set(key, window));
    setTimeout(() => this.#end(group, key), this.#options.windowMs).unref();
    return window;
  }

  #end(group: string, key: string): void {
    const windows = this.#windows.get(group);
    const window = windows?.get(key);
    if (windows === undefined || window === undefined) return;
    windows.delete(key);
    if (windows.size === 0) this.#windows.delete(group);
    const { leftOut, level, last } = window;
    if (leftOut > 0) this.#options.onCount(level, leftOut, last);
  }
}

function causeOf(text: string): string {
  return text.slice(0, CAUSE_LENGTH).replace(PARTICULARS, '#');
}
