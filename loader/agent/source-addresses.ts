// The addresses that a source is told of this node, as the kernel has them when it asks.
import type { RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { emptyCluster } from '../model/objects.ts';
import { overlayAddresses } from '../network/overlay-addresses.ts';
import { readNodeUplink } from '../reconcilers/read-uplink.ts';
import type { SourceEnvironment } from './open-source.ts';

export function sourceAddresses(
  socket: RtnetlinkSocket,
  config: Config,
): Pick<SourceEnvironment, 'addresses' | 'heldAddresses'> {
  return {
    addresses: () => readNodeUplink(socket, config, emptyCluster).addresses,
    heldAddresses: () => overlayAddresses(socket, config.overlayDevice),
  };
}
