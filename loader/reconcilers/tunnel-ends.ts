// Writes this node's tunnel ends into hd_control, where programs read them without a map look-up by address.
import type { MapSet } from '../abi/map-set.ts';
import { changeControl, readControl } from '../tables/control.ts';
import { NO_ADDR } from '../model/table-rows.ts';
import { tunnelAddressOf } from '../model/node-addresses.ts';
import type { NodeObject } from '../model/objects.ts';

export function syncTunnelEnds(map: MapSet['hd_control'], self: NodeObject): void {
  const tunnelIpv4 = tunnelAddressOf(self, 'ipv4') ?? NO_ADDR;
  const tunnelIpv6 = tunnelAddressOf(self, 'ipv6') ?? NO_ADDR;
  const actual = readControl(map);
  if (actual.tunnelIpv4 !== tunnelIpv4 || actual.tunnelIpv6 !== tunnelIpv6)
    changeControl(map, { tunnelIpv4, tunnelIpv6 });
}
