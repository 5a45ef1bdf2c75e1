// The pod's end of a veth pair, asked of the kernel by the host's end: no path of a namespace is needed, and no switch into it.
import { type Addr, type Mac, parseAddr, parseMac } from 'ip';
import { getLink, type Link, listAddresses, type RtnetlinkSocket } from 'rtnetlink';

export interface PodEnd {
  readonly name: string;
  readonly mac: Mac | undefined;
  readonly up: boolean;
}

/** Undefined: the pair has no other end in another namespace. */
export function readPodEnd(
  socket: RtnetlinkSocket,
  { peer, peerNetnsId }: Pick<Link, 'peer' | 'peerNetnsId'>,
): PodEnd | undefined {
  if (peer === undefined || peerNetnsId === undefined) return undefined;
  const link = getLink(socket, peer, peerNetnsId);
  if (link === undefined) return undefined;
  return { name: link.name, mac: link.mac === undefined ? undefined : parseMac(link.mac), up: link.up };
}

/** Of the pod's end. */
export function readPodAddresses(
  socket: RtnetlinkSocket,
  { peer, peerNetnsId }: Pick<Link, 'peer' | 'peerNetnsId'>,
): ReadonlySet<Addr> {
  const addresses = peer === undefined ? [] : listAddresses(socket, peer, peerNetnsId);
  return new Set(addresses.map(({ address }) => parseAddr(address)));
}
