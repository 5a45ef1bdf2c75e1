// Maps made without an object.
import { bpfFd, Command } from './bpf-call.ts';
import type { Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';
import { isMapOfMaps } from './map-types.ts';

/** union bpf_attr of BPF_MAP_CREATE, as far as it is used. */
export const mapCreateAttr = kernelStruct({
  type: 'u32',
  keySize: 'u32',
  valueSize: 'u32',
  maxEntries: 'u32',
  flags: 'u32',
  innerMapFd: 'u32',
  numaNode: 'u32',
  name: 'text16',
});

export interface MapDefinition {
  /** At most 15 bytes, letters, digits, `_` and `.`. */
  readonly name: string;
  /** As in `MapType`. */
  readonly type: number;
  readonly keySize: number;
  /** 4, and may be left out, for maps of maps. */
  readonly valueSize?: number;
  readonly maxEntries: number;
  /** As in `MapFlag`. */
  readonly flags?: number;
  /** For maps of maps: a map that shows what their elements look like. */
  readonly inner?: { readonly fd: Fd };
}

export function createMapFd(definition: MapDefinition): Fd {
  const { name, type, keySize, maxEntries, flags = 0, inner } = definition;
  const attr = mapCreateAttr.encode({
    ...{ name, type, keySize, maxEntries, flags },
    valueSize: definition.valueSize ?? (isMapOfMaps(type) ? 4 : 0),
    innerMapFd: inner?.fd.number ?? 0,
  });
  return bpfFd(Command.MAP_CREATE, attr, { operation: 'map create', subject: name });
}
