// The addresses of the overlay device: the kernel's own memory of which pod CIDRs this node had before its daemon started.
import { parseAddr, type Addr } from 'ip';
import { getLink, listAddresses, type RtnetlinkSocket } from 'rtnetlink';

/** Of global scope; none without the device. */
export function overlayAddresses(socket: RtnetlinkSocket, name: string): readonly Addr[] {
  const link = getLink(socket, name);
  if (link === undefined) return [];
  return listAddresses(socket, link.index).flatMap(({ scope, address }) =>
    scope === 'global' ? [parseAddr(address)] : [],
  );
}
