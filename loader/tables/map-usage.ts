// How full a map is.
import type { Codec } from 'libbpf-ts';
import { MAPS, type MapName } from '../abi/abi.gen.ts';
import type { MapKind } from '../abi/declarations.ts';
import type { MapSet } from '../abi/map-set.ts';

export interface MapUsage {
  readonly name: MapName;
  readonly id: number;
  readonly type: string;
  /** What becomes of its contents at an upgrade that changes its layout. */
  readonly kind: MapKind;
  readonly keyBytes: number;
  /** Of one CPU. */
  readonly valueBytes: number;
  /** An array has all of them from the start; absent: a ring buffer has none that could be counted. */
  readonly entries?: number;
  readonly maxEntries: number;
  /** Names that it had before: for one release, whoever looks for those finds it. */
  readonly formerly?: readonly string[];
}

export function mapUsage(maps: MapSet, name: MapName): MapUsage {
  const { info } = maps[name];
  const { typeName, kind, formerly } = MAPS[name];
  return {
    ...{ name, id: info.id, type: typeName.toLowerCase(), kind },
    ...{ keyBytes: info.keySize, valueBytes: info.valueSize },
    ...(typeName !== 'RINGBUF' && {
      entries: typeName.endsWith('ARRAY') ? info.maxEntries : countEntries(maps, name),
    }),
    maxEntries: info.maxEntries,
    ...(formerly.length > 0 && { formerly }),
  };
}

/** The kernel keeps no count that it would tell. Nothing is decoded: a full map takes a tenth of the time then. */
function countEntries(maps: MapSet, name: MapName): number {
  const { key, value } = maps[name];
  const keys = maps[name].withCodecs(unread(key.size), unread(value.size)).keys();
  let count = 0;
  while (keys.next().done !== true) count++;
  return count;
}

function unread(size: number): Codec<undefined> {
  return { size, encode: () => undefined, decode: () => undefined };
}
