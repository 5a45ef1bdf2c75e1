// The rows of hd_endpoint, decoded.
import { EndpointKind, IfaceFlag, type Endpoint, type EndpointKey } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { byAddress } from '../output/by-address.ts';
import type { Names } from './names.ts';
import { flagNames, enumName } from '../output/enum-names.ts';

export interface EndpointRow {
  readonly address: string;
  readonly vni: number;
  /** local-pod, local-host, remote-pod, remote-node or service. */
  readonly kind: string;
  readonly nodeId: number;
  /** By bank: the lowest bit of the generation selects the active one. */
  readonly identity: readonly number[];
  /** 'namespace/name'. */
  readonly pod?: string;
  /** 'namespace/name' of the Service that has it. */
  readonly service?: string;
  /** Name of the node that owns it. */
  readonly node?: string;
  /** Of local pods: the host-side interface. */
  readonly ifindex?: number;
  readonly device?: string;
  readonly mac?: string;
  readonly podId?: number;
  readonly flags?: readonly string[];
}

/** By address, IPv4 first. */
export function endpointRows(maps: MapSet, names: Names): EndpointRow[] {
  const entries = byAddress(maps.hd_endpoint.entries(), ([{ addr }]) => addr);
  return entries.map(([key, endpoint]) => endpointRow(key, endpoint, names));
}

function endpointRow({ vni, addr }: EndpointKey, endpoint: Endpoint, names: Names): EndpointRow {
  const { kind, nodeId, identity } = endpoint;
  const pod = names.pods.get(addr);
  const node = names.nodes.get(nodeId);
  const service = names.services.get(addr);
  return {
    ...{ address: addr, vni, kind: enumName(EndpointKind, kind), nodeId, identity },
    ...(pod !== undefined && { pod }),
    ...(service !== undefined && { service }),
    ...(node !== undefined && { node }),
    ...(kind === EndpointKind.LOCAL_POD && localMembers(endpoint, names)),
  };
}

function localMembers({ ifindex, mac, podId, flags }: Endpoint, names: Names): Partial<EndpointRow> {
  const device = names.devices.get(ifindex);
  return {
    ifindex,
    mac,
    podId,
    flags: flagNames(IfaceFlag, flags),
    ...(device !== undefined && { device }),
  };
}
