// Whether packets to a node's announced addresses are taken in here: an address is on a device that is up, and in use.
import type { Addr } from 'ip';
import { parseAddr } from 'ip';
import { listAddresses, listLinks, type InterfaceAddress, type Link, type RtnetlinkSocket } from 'rtnetlink';
import { carriesMark, DEFAULT_NAMES } from './names.ts';

export interface AddressState {
  readonly links: readonly Link[];
  readonly addresses: readonly InterfaceAddress[];
}

/** Why an address is of no use here, as the end of a sentence, by address; those that are of use are absent. */
export function unusableAddresses(
  socket: RtnetlinkSocket,
  announced: readonly Addr[],
): ReadonlyMap<Addr, string> {
  return explainUnusable(announced, { links: listLinks(socket), addresses: listAddresses(socket) });
}

/** Pure. Loopback and dummy devices count: the kernel takes in what is sent to their addresses, by whichever device it comes. */
export function explainUnusable(announced: readonly Addr[], state: AddressState): ReadonlyMap<Addr, string> {
  return new Map(
    announced.flatMap(addr => {
      const reason = reasonOf(addr, state);
      return reason === undefined ? [] : [[addr, reason] as const];
    }),
  );
}

/** Undefined: at least one device has it in use. */
function reasonOf(addr: Addr, { links, addresses }: AddressState): string | undefined {
  const held = addresses.filter(({ address }) => parseAddr(address) === addr);
  const reasons = held.map(one =>
    deviceReason(
      one,
      links.find(({ index }) => index === one.index),
    ),
  );
  if (reasons.includes(undefined)) return undefined;
  return reasons[0] ?? 'is on no device of this node';
}

function deviceReason(
  { duplicate, tentative }: InterfaceAddress,
  link: Link | undefined,
): string | undefined {
  if (link === undefined) return 'is on a device that is just going';
  const { name, alias, up } = link;
  if (carriesMark(alias, DEFAULT_NAMES.mark)) return `is on ${name}, a device of Heddle`;
  if (duplicate)
    return `is not in use on ${name}: another machine has it (duplicate address detection failed)`;
  if (tentative) return `is not in use on ${name} yet: duplicate address detection has not ended`;
  return up ? undefined : `is on ${name}, which is down`;
}
