// An ICMP error of either family, to be followed by what it quotes.
import type { View } from '../../support/bpf/cluster.ts';
import { ICMP_TYPE, ICMPV6_TYPE } from '../../support/packet/icmp.ts';
import { bare, type Packet } from '../../support/packet/packet.ts';

/** "Unreachable", without Ethernet. */
export function icmpError(view: View, source: string, destination: string): Packet {
  const packet = bare().ip(source, destination);
  return view.family === 'ipv4'
    ? packet.icmp({ type: ICMP_TYPE.unreachable, code: 1 })
    : packet.icmpv6({ type: ICMPV6_TYPE.unreachable, code: 3 });
}
