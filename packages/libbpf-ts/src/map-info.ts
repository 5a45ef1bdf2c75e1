// What the kernel says about a map, down to the layout of its key and value.
import { btfOfKernel } from './btf-kernel.ts';
import { readInfo } from './bpf-call.ts';
import type { Btf } from './btf-types.ts';
import type { Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';
import { layoutOf, type Layout } from './layout.ts';
import type { MapShape } from './map-shape.ts';

/** struct bpf_map_info, up to its type information. */
export const mapInfoStruct = kernelStruct({
  type: 'u32',
  id: 'u32',
  keySize: 'u32',
  valueSize: 'u32',
  maxEntries: 'u32',
  flags: 'u32',
  name: 'text16',
  ifindex: 'u32',
  btfVmlinuxValueTypeId: 'u32',
  netnsDevice: 'u64',
  netnsInode: 'u64',
  btfId: 'u32',
  btfKeyTypeId: 'u32',
  btfValueTypeId: 'u32',
});

export interface MapInfo extends MapShape {
  readonly id: number;
  /** At most 15 bytes of the name; longer ones are cut by the kernel. */
  readonly name: string;
  /** 0 for a map made without BTF. */
  readonly btfId: number;
  readonly btfKeyTypeId: number;
  readonly btfValueTypeId: number;
}

export function readMapInfo(fd: Fd, subject: string): MapInfo {
  const buffer = mapInfoStruct.encode({});
  readInfo(fd, buffer, subject);
  const { id, name, type, keySize, valueSize, maxEntries, flags, btfId, btfKeyTypeId, btfValueTypeId } =
    mapInfoStruct.decode(buffer.bytes);
  return { id, name, type, keySize, valueSize, maxEntries, flags, btfId, btfKeyTypeId, btfValueTypeId };
}

export interface MapLayouts {
  readonly key: Layout;
  readonly value: Layout;
}

/** More than the maps of two builds: reading BTF anew costs a millisecond and more for each map. */
const KEPT = 64;
const known = new Map<string, MapLayouts>();

/** The maps of one object share their BTF, and are read one after the other. Held weakly: it is of use only then. */
let last: { readonly id: number; readonly btf: WeakRef<Btf> } | undefined;

function readBtf(id: number): Btf {
  const kept = last?.id === id ? last.btf.deref() : undefined;
  if (kept !== undefined) return kept;
  const btf = btfOfKernel(id);
  last = { id, btf: new WeakRef(btf) };
  return btf;
}

/** Layouts from the BTF that the kernel keeps with a map; undefined for a map made without. */
export function mapLayouts({ btfId, btfKeyTypeId, btfValueTypeId }: MapInfo): MapLayouts | undefined {
  if (btfId === 0 || btfKeyTypeId === 0) return undefined;
  // The kernel gives ids of BTF in turn, and none again before it has given them all (idr_alloc_cyclic).
  const ids = [btfId, btfKeyTypeId, btfValueTypeId].join();
  const kept = known.get(ids);
  if (kept !== undefined) return kept;
  const btf = readBtf(btfId);
  const layouts = { key: layoutOf(btf, btfKeyTypeId), value: layoutOf(btf, btfValueTypeId) };
  if (known.size >= KEPT) known.clear();
  known.set(ids, layouts);
  return layouts;
}
