// What uses an address that no attachment has: such an address is allocated to no pod.
import type { Addr } from 'ip';
import type { RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { addressUse } from '../network/address-use.ts';
import { hostLocalUses } from '../network/host-local.ts';
import { rowUse } from './check-tables.ts';
import type { NodeState } from '../reconcilers/node-state.ts';

export interface AddressUses {
  readonly config: Config;
  readonly socket: RtnetlinkSocket;
  readonly state: () => NodeState;
}

/** A row of the tables, this host, a pod of flannel's; host-local's files are read once. */
export function addressUses({ config, socket, state }: AddressUses): (addr: Addr) => string | undefined {
  const others = hostLocalUses(config.flannel.hostLocalDir);
  return addr => rowUse(state(), addr) ?? addressUse(socket, addr) ?? others.get(addr);
}
