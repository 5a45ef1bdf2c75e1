// A machine's maps as they are before its daemon has written anything.
import { bytesCodec, type BpfMap } from 'libbpf-ts';
import type { MapName } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';

const EMPTIED = [
  'hd_iface',
  'hd_endpoint',
  'hd_route',
  'hd_node',
  'hd_cidr',
  'hd_policy_peer',
  'hd_rule_set',
  'hd_rule',
  'hd_policy_name',
] as const satisfies readonly MapName[];
const FLOWS = ['hd_ct', 'hd_ct_unassured', 'hd_frag'] as const satisfies readonly MapName[];
const ARRAYS = ['hd_pod', 'hd_control'] as const satisfies readonly MapName[];

export function clearMaps(maps: MapSet): void {
  for (const name of [...EMPTIED, ...FLOWS]) empty(maps[name]);
  for (const name of ARRAYS) zero(maps[name]);
}

/** No flow is known any more. */
export function clearFlows(maps: MapSet): void {
  for (const name of FLOWS) empty(maps[name]);
}

function empty(map: BpfMap): void {
  map.deleteBatch([...map.keys()]);
}

/** An array's rows cannot be deleted. */
function zero(map: BpfMap): void {
  const raw = bytesOf(map);
  const nothing = Buffer.alloc(raw.value.size);
  for (const [key, value] of [...raw.entries()])
    if (!nothing.equals(value)) raw.set(Buffer.from(key), nothing);
}

function bytesOf(map: BpfMap): BpfMap<Uint8Array, Uint8Array> {
  return map.withCodecs(bytesCodec(map.key.size), bytesCodec(map.value.size));
}
