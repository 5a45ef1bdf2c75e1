// Size and occupancy of a map.
import type { Codec } from 'libbpf-ts';
import { MAPS, type MapName } from '../abi/abi.gen.ts';
import type { MapKind } from '../abi/declarations.ts';
import type { MapSet } from '../abi/map-set.ts';

export interface MapUsage {
  readonly name: MapName;
  readonly id: number;
  readonly type: string;
  /** What an upgrade that changes its layout does with its contents. */
  readonly kind: MapKind;
  readonly keyBytes: number;
  /** Bytes on one CPU. */
  readonly valueBytes: number;
  /** Equal to `maxEntries` for an array; absent for a ring buffer. */
  readonly entries?: number;
  readonly maxEntries: number;
  /** Former names, kept as aliases for one release. */
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

/** The kernel exposes no count of a map's entries, so keys are iterated, undecoded: that takes a tenth of the time. */
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
