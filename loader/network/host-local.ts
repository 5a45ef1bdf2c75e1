// Addresses that the IPAM plugin host-local has given to another network's pods: a file each, named by the address.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Addr, tryParseAddr } from 'ip';

export interface HostLocalAddress {
  readonly addr: Addr;
  /** Name of the network in its configuration, which is the folder's. */
  readonly network: string;
}

/** Empty also if there is no such directory, or one that cannot be read: then nothing is known of others. */
export function hostLocalAddresses(directory: string): readonly HostLocalAddress[] {
  return namesIn(directory).flatMap(network =>
    namesIn(join(directory, network)).flatMap(name => {
      const addr = tryParseAddr(name); // beside them are a lock, and which address was given last
      return addr === undefined ? [] : [{ addr, network }];
    }),
  );
}

/** What uses an address, as `addressUse` names it. */
export function hostLocalUses(directory: string): ReadonlyMap<Addr, string> {
  return new Map(
    hostLocalAddresses(directory).map(({ addr, network }) => [
      addr,
      `host-local, for the network ${network}`,
    ]),
  );
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
