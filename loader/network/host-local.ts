// Addresses that the IPAM plugin host-local has given to another network's pods: a file each, named by the address.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Addr, type Cidr, cidrContains, tryParseAddr } from 'ip';

export interface HostLocalAddress {
  readonly addr: Addr;
  /** Name of the network in its configuration, which is the folder's. */
  readonly network: string;
}

/**
 * Of this boot: no pod outlives one, and records do. Empty also if there is no such directory, or one that cannot be read: then
 * nothing is known of others.
 */
export function hostLocalAddresses(directory: string): readonly HostLocalAddress[] {
  const bootMs = bootTimeMs();
  return namesIn(directory).flatMap(network =>
    namesIn(join(directory, network)).flatMap(name => {
      const addr = tryParseAddr(name); // beside them are a lock, and which address was given last
      if (addr === undefined || writtenMs(join(directory, network, name)) < bootMs) return [];
      return [{ addr, network }];
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

/** A sentence for those of this node's pod CIDRs, which no pod gets: flannel's, before the node was drained of its pods. */
export function hostLocalProblems(directory: string, own: readonly Cidr[]): string[] {
  const given = hostLocalAddresses(directory).filter(({ addr }) =>
    own.some(cidr => cidrContains(cidr, addr)),
  );
  const [first, ...others] = given.map(({ addr }) => addr);
  if (first === undefined) return [];
  const folders = [...new Set(given.map(({ network }) => join(directory, network)))];
  const [more, them] =
    others.length === 0 ? ['', 'it'] : [` and ${others.length} other addresses of this node`, 'them'];
  return [
    `no pod gets ${first}${more}: host-local has given ${them} to another network's pods; ` +
      `once none of those runs: rm -r ${folders.join(' ')}`,
  ];
}

/** By the wall clock, as a file's time is. */
function bootTimeMs(): number {
  const [, seconds = '0'] = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8')) ?? [];
  return Number(seconds) * 1_000;
}

function writtenMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
