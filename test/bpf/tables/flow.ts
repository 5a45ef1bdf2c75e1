// Tracked flows as the tables give and expect them.
import type { GivenFlow } from '../../support/bpf/given.ts';

const UDP = 17;

/** A UDP flow that netfilter has seen, as the packet finds it: `[source, port]` to `[destination, port]`. */
export function hostPath(from: readonly [string, number], to: readonly [string, number]): GivenFlow {
  const [source, sourcePort] = from;
  const [destination, destinationPort] = to;
  return { source, destination, protocol: UDP, sourcePort, destinationPort, flags: ['CONNTRACK_HOST_PATH'] };
}

/** One line of what is tracked. */
export function trackedLine(
  from: readonly [string, number],
  to: readonly [string, number],
  flag: string,
): string {
  return `${end(from)} > ${end(to)} ${flag}`;
}

function end([address, port]: readonly [string, number]): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
