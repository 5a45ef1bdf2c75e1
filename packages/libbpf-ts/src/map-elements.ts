// What iteration and batches need of a map.
import type { Codec } from './codec.ts';
import type { Fd } from './fd.ts';

export interface MapElements<K, V> {
  readonly fd: Fd;
  readonly name: string;
  readonly info: { readonly maxEntries: number };
  readonly key: Codec<K>;
  readonly value: Codec<V>;
  set(key: K, value: V, flags: number): void;
  delete(key: K): boolean;
}
