// Other devices that hold what the overlay device needs: its UDP port, its addresses.
import type { Addr } from 'ip';
import { getLink, type Link, listAddresses, type RtnetlinkSocket } from 'rtnetlink';
import { HeddleError } from '../errors.ts';
import { FLANNEL_BRIDGE, FLANNEL_VTEP } from './flannel-names.ts';

interface Overlay {
  readonly name: string;
  readonly port: number;
  readonly addresses: readonly Addr[];
}

/** One that is down holds the port only against a device of its own kind: two cannot be in external mode. */
export function throwIfPortTaken({ port }: Overlay, rivals: readonly Link[]): void {
  const holder = rivals.find(link => link.up || link.vxlan?.external === true);
  if (holder === undefined) return;
  throw new HeddleError(
    'PORT_TAKEN',
    `UDP port ${port} is taken by the VXLAN device ${holder.name}: ${wayOut(holder.name)}`,
  );
}

export function rivalProblem({ port, name }: Overlay, rival: Link): string {
  return (
    `the VXLAN device ${rival.name} has UDP port ${port} too, and whichever is up first keeps the other down (now ${name}): ` +
    wayOut(rival.name)
  );
}

/** One sentence for each device with an address of the overlay's: pods and other nodes reach either. */
export function sharedAddresses(socket: RtnetlinkSocket, { name, addresses }: Overlay): string[] {
  return addresses.flatMap(addr =>
    listAddresses(socket)
      .filter(({ address }) => address === addr)
      .flatMap(({ index }) => getLink(socket, index)?.name ?? [])
      .filter(other => other !== name)
      .map(other => sharedAddress(addr, name, other)),
  );
}

/** Where flannel runs, or will run again, its device alone is not all of it. */
const FLANNEL_OUT = "drain the node, end flannel there, then 'heddlectl migrate remove-flannel'";

function wayOut(device: string): string {
  return FLANNEL_VTEP.test(device)
    ? `it is flannel's: ${FLANNEL_OUT}`
    : `remove it (ip link delete ${device}) or set another tunnel.port on every node`;
}

function sharedAddress(addr: Addr, name: string, other: string): string {
  const out =
    other === FLANNEL_BRIDGE
      ? `it is the bridge of flannel's pods: ${FLANNEL_OUT}`
      : `remove it there (ip address delete ${addr} dev ${other})`;
  return `${other} has the address ${addr} of ${name}, too, and this node answers by either: ${out}`;
}
