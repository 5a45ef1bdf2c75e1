// A map that has room for one row and evicts none: what a program does where the kernel finds no room.
import { BpfMap, codecOf, MapType, type MapSpec, type ObjectSpec } from 'libbpf-ts';
import { CODECS } from './codecs.ts';

interface Replaced {
  /** Declares the maps as they are now. */
  readonly spec: ObjectSpec;
  /** For `loadObject`; the caller's to dispose of. */
  readonly owned: ReadonlyMap<string, BpfMap>;
  /** For `loadObject`: maps that evict none anyway. */
  readonly maxEntries: Readonly<Record<string, number>>;
}

export function withTinyMaps(spec: ObjectSpec, names: readonly string[]): Replaced {
  const owned = new Map<string, BpfMap>();
  const maps = new Map(spec.maps);
  const maxEntries: Record<string, number> = {};
  for (const name of names) {
    const declared = spec.maps.get(name);
    if (declared === undefined) throw new Error(`the object has no ${name}`);
    if (declared.type === MapType.HASH) {
      maxEntries[name] = 1;
      continue;
    }
    const tiny = { ...declared, type: MapType.HASH, maxEntries: 1, flags: 0 };
    maps.set(name, tiny);
    owned.set(name, createMap(tiny));
  }
  return { spec: { ...spec, maps }, owned, maxEntries };
}

function createMap({ name, type, keySize, valueSize, maxEntries, key, value }: MapSpec): BpfMap {
  if (key === undefined || value === undefined) throw new Error(`${name} has no types`);
  const codecs = { key: codecOf<unknown>(key, CODECS), value: codecOf<unknown>(value, CODECS) };
  return BpfMap.create({ name, type, keySize, valueSize, maxEntries }, codecs);
}
