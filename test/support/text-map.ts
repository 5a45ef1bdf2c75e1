// A hash map of a program without a kernel: its rows are text, and it is full or fails when told.
import type { BpfMap, Codec } from 'libbpf-ts';
import type { MapName } from '../../loader/abi/abi.gen.ts';
import { mapCodecs } from '../../loader/abi/codecs.ts';
import type { MapSet } from '../../loader/abi/map-set.ts';

export class FailedWrite extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export class TextMap<N extends MapName = MapName> {
  readonly name: N;
  readonly info: { readonly maxEntries: number };
  readonly rows = new Map<string, string>();
  /** Writes until one fails with EPERM. */
  budget = Infinity;
  /** Called after each row that is written or deleted. */
  onWrite: (how: 'set' | 'delete', map: MapName) => void = () => undefined;

  constructor(name: N, maxEntries = Infinity) {
    this.name = name;
    this.info = { maxEntries };
  }

  entries(): IterableIterator<[string, string]> {
    return [...this.rows].values();
  }

  set(key: string, value: string): void {
    this.#spend();
    if (!this.rows.has(key) && this.rows.size === this.info.maxEntries) throw new FailedWrite('E2BIG');
    this.rows.set(key, value);
    this.onWrite('set', this.name);
  }

  setBatch(entries: Iterable<readonly [string, string]>): void {
    for (const [key, value] of entries) this.set(key, value);
  }

  delete(key: string): boolean {
    this.#spend();
    const had = this.rows.delete(key);
    this.onWrite('delete', this.name);
    return had;
  }

  deleteBatch(keys: Iterable<string>): number {
    return [...keys].filter(key => this.delete(key)).length;
  }

  #spend(): void {
    if (this.budget <= 0) throw new FailedWrite('EPERM');
    this.budget--;
  }
}

/** The rows as our code sees them: decoded, or as text by `withCodecs`. */
export function mapOf<N extends MapName>(raw: TextMap<N>): MapSet[N];
export function mapOf(raw: TextMap): unknown {
  const { key: keys, value: values } = mapCodecs(raw.name) as Record<'key' | 'value', Codec<unknown>>;
  return {
    ...{ name: raw.name, info: raw.info, key: keys, value: values },
    withCodecs: () => raw as unknown as BpfMap,
    *entries() {
      for (const [key, value] of raw.rows) yield [valueOf(keys, key), valueOf(values, value)];
    },
    get(key: unknown) {
      const text = raw.rows.get(textOf(keys, key));
      return text === undefined ? undefined : valueOf(values, text);
    },
    set(key: unknown, value: unknown) {
      raw.set(textOf(keys, key), textOf(values, value));
    },
  };
}

export function textOf<T>(codec: Codec<T>, value: T): string {
  const bytes = Buffer.alloc(codec.size);
  codec.encode(value, bytes, 0);
  return bytes.toString('latin1');
}

function valueOf<T>(codec: Codec<T>, text: string): T {
  return codec.decode(Buffer.from(text, 'latin1'), 0);
}
