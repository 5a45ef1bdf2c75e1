import { DEVICE, FAMILIES, IPV4, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { bare, type IpOptions, type Packet } from '../../support/packet/packet.ts';
import { fromPod } from './pod.ts';
import { intoTunnel, OUTER_ANYTHING, TUNNELS } from './tunnel.ts';

const PAYLOADS: readonly (readonly [string, (packet: Packet) => Packet])[] = [
  ['UDP', packet => packet.udp(4000, 53, 'q')],
  ['TCP', packet => packet.tcp(4000, 80, { flags: 'SYN', options: '020405b4' })],
  ['SCTP', packet => packet.sctp(4000, 5000, Buffer.from('0b000004', 'hex'))],
  ['an echo request', packet => packet.echo(77)],
  ['an empty UDP datagram', packet => packet.udp(4000, 53)],
];

/** To pods of nodes behind the overlay: the outer headers, field by field. */
export const podTxOverlay: Table = {
  hook: 'pod_tx',
  title: 'a packet to a pod of another node is encapsulated to it',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(view => [...payloadRows(view), ...markRows(view), ...farRows(view)]),
};

function payloadRows(view: View): Row[] {
  return TUNNELS.flatMap(tunnel =>
    PAYLOADS.map(([name, payload]) => ({
      name: `${view.family} in ${tunnel.outer}: ${name}`,
      sent: payload(fromPod(view, view[tunnel.pod])),
      verdict: 'REDIRECT_OVERLAY',
      becomes: intoTunnel(tunnel.to, payload(hop(view, view[tunnel.pod]))),
      anything: OUTER_ANYTHING,
    })),
  );
}

/** RFC 6040 section 4.1: the outer header gets the inner one's mark, whatever it is; DSCP likewise. */
function markRows(view: View): Row[] {
  return TUNNELS.flatMap(tunnel =>
    [
      { dscp: 46, ecn: 0 },
      { dscp: 0, ecn: 1 },
      { dscp: 0, ecn: 2 },
      { dscp: 10, ecn: 3 },
      { dscp: 63, ecn: 3 },
    ].map(marks => ({
      name: `${view.family} in ${tunnel.outer}: DSCP ${marks.dscp} and ECN ${marks.ecn} are seen outside`,
      sent: fromPod(view, view[tunnel.pod], marks).udp(4000, 53, 'q'),
      verdict: 'REDIRECT_OVERLAY',
      becomes: intoTunnel(tunnel.to, hop(view, view[tunnel.pod], marks).udp(4000, 53, 'q'), marks),
      anything: OUTER_ANYTHING,
    })),
  );
}

function farRows(view: View): Row[] {
  return [
    {
      name: `${view.family}: a tunnel end behind a router is found through the FIB`,
      sent: fromPod(view, view.farPod).udp(4000, 53, 'q'),
      verdict: 'REDIRECT_OVERLAY',
      becomes: intoTunnel(IPV4.farOverlayNode, hop(view, view.farPod).udp(4000, 53, 'q')),
      anything: OUTER_ANYTHING,
    },
    {
      name: `${view.family}: the node's own address in its pod CIDR likewise`,
      sent: fromPod(view, view.overlayHost).echo(7),
      verdict: 'REDIRECT_OVERLAY',
      becomes: intoTunnel(IPV4.overlayNode, hop(view, view.overlayHost).echo(7)),
      anything: OUTER_ANYTHING,
    },
    {
      name: `${view.family}: an address that no pod has, but in a pod CIDR, goes to its node`,
      sent: fromPod(view, view.remotePod.replace(/10$/, '77')).udp(4000, 53, 'q'),
      verdict: 'REDIRECT_OVERLAY',
      becomes: intoTunnel(
        IPV4.overlayNode,
        hop(view, view.remotePod.replace(/10$/, '77')).udp(4000, 53, 'q'),
      ),
      anything: OUTER_ANYTHING,
    },
  ];
}

/** What the pod sent, after node 1 has forwarded it as a router. */
function hop(view: View, destination: string, options?: IpOptions): Packet {
  return bare().ip(view.pod, destination, { ttl: 63, ...options });
}
