// Mappings of a source map (ECMA-426): where each piece of generated text came from.

export interface SourceMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}

export interface Mapping {
  /** Of the generated text, from 0. */
  readonly line: number;
  readonly column: number;
  /** Index into `sources`. */
  readonly source: number;
  /** Of the source, from 0. */
  readonly sourceLine: number;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map(Array.from(DIGITS, (digit, value) => [digit.charCodeAt(0), value]));
const CONTINUED = 32;

/** In the order of the generated text; pieces without a source are left out. */
export function* mappingsOf({ mappings }: SourceMap): Generator<Mapping> {
  let [source, sourceLine] = [0, 0];
  for (const [line, group] of mappings.split(';').entries()) {
    let column = 0;
    for (const segment of group === '' ? [] : group.split(',')) {
      const [columns = 0, sources, lines = 0] = decodeVlq(segment);
      column += columns;
      if (sources === undefined) continue;
      source += sources;
      sourceLine += lines;
      yield { line, column, source, sourceLine };
    }
  }
}

/** Numbers in base 64, the lowest five bits first, the sign in the lowest of all. */
function decodeVlq(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (let i = 0; i < segment.length; i++) {
    const digit = VALUES.get(segment.charCodeAt(i)) ?? 0;
    value |= (digit & (CONTINUED - 1)) << shift;
    shift += 5;
    if ((digit & CONTINUED) !== 0) continue;
    numbers.push((value & 1) === 1 ? -(value >>> 1) : value >>> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

const INLINE = '//# sourceMappingURL=data:application/json;base64,';

/** The map at the end of a text, as esbuild writes it with `--sourcemap=inline`. */
export function inlineSourceMap(text: string): SourceMap | undefined {
  const at = text.lastIndexOf(INLINE);
  if (at < 0) return undefined;
  return JSON.parse(Buffer.from(text.slice(at + INLINE.length), 'base64').toString()) as SourceMap;
}
