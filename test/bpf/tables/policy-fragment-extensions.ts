import { DEVICE, IPV6 } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import type { ExtensionName } from '../../support/packet/layer.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { bare, packetOf, type Packet } from '../../support/packet/packet.ts';
import { fromPod } from './pod.ts';
import { ONE_PORT, PAYLOAD } from './policy-fragments.ts';

const NO_NEXT_HEADER = 59;

type Extensions = readonly ExtensionName[];

/** RFC 8200, section 4.1: the recommended order, and others that a receiver has to take as well. */
const ORDERS: readonly { readonly before: Extensions; readonly inside: Extensions }[] = [
  { before: ['hop-by-hop'], inside: [] },
  { before: ['destination-options'], inside: [] },
  { before: ['routing'], inside: ['destination-options'] },
  { before: ['hop-by-hop', 'destination-options', 'routing'], inside: ['destination-options'] },
  { before: ['routing', 'destination-options'], inside: ['routing'] },
  { before: [], inside: ['destination-options', 'hop-by-hop'] },
];

export const policyFragmentExtensions: Table = {
  hook: 'pod_tx',
  title: 'policy: fragments are found among extension headers in any order',
  context: { ifindex: DEVICE.pod },
  rows: [...ORDERS.flatMap(rowsOf), ...nextHeaderRows()],
};

function behind(extensions: Extensions, packet: Packet): Packet {
  return extensions.reduce((longer, name) => longer.extension(name), packet);
}

function pieces({ before, inside }: (typeof ORDERS)[number], port: number): readonly [Packet, Packet] {
  const whole = behind(inside, fromPod(IPV6, IPV6.remotePod)).udp(4000, port, PAYLOAD);
  const [first = whole, later = whole] = fragmentPacket(whole, 32).map(({ layers }) =>
    packetOf([...layers.slice(0, 2), ...behind(before, bare()).layers, ...layers.slice(2)]),
  );
  return [first, later];
}

function rowsOf(order: (typeof ORDERS)[number]): Row[] {
  const where = `${order.before.join(', ') || 'nothing'} before, ${order.inside.join(', ') || 'nothing'} inside`;
  const row = (what: string, sent: Packet, verdict: string, before: readonly Packet[] = []): Row => ({
    ...{ name: `ipv6: ${where}: ${what}`, given: ONE_PORT, before, sent, verdict },
  });
  const [first, later] = pieces(order, 53);
  const [badFirst, badLater] = pieces(order, 54);
  return [
    row('to a port that is admitted', first, 'REDIRECT_OVERLAY'),
    row('and what follows it', later, 'REDIRECT_OVERLAY', [first]),
    row('to a port that is not', badFirst, 'DROP_POLICY_EGRESS'),
    row('and what follows that', badLater, 'DROP_POLICY_EGRESS', [badFirst]),
  ];
}

/** The first one's next header is UDP; section 4.5 lets the others say anything. */
function nextHeaderRows(): Row[] {
  const { tcp, icmpv6 } = IP_PROTOCOL;
  return [NO_NEXT_HEADER, tcp, icmpv6].flatMap(nextHeader => {
    const row = (port: number, verdict: string): Row => {
      const [first, later] = pieces({ before: [], inside: [] }, port);
      const layers = later.layers.map(layer =>
        layer.name === 'fragment' ? { ...layer, fields: { ...layer.fields, nextHeader } } : layer,
      );
      const name = `ipv6: a later one that names ${nextHeader}, to port ${port}`;
      return { name, given: ONE_PORT, before: [first], sent: packetOf(layers), verdict };
    };
    return [row(53, 'REDIRECT_OVERLAY'), row(54, 'DROP_POLICY_EGRESS')];
  });
}
