import { DEVICE, FAMILIES, IPV4, IPV6, MAC, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { bare, eth, type IpOptions, type Packet } from '../../support/packet/packet.ts';
import { trackedLine } from './flow.ts';
import { intoTunnel, OUTER_ANYTHING, TUNNELS } from './tunnel.ts';

/** What the host's stack sends to remote pods: its own packets, and what netfilter rewrote. */
export const overlayTx: Table = {
  hook: 'overlay_tx',
  title: "what the host's stack sends to remote pods is encapsulated",
  context: { ifindex: DEVICE.overlay },
  rows: [...FAMILIES.flatMap(view => [...deliveredRows(view), ...refusedRows(view)]), ...notIpRows()],
};

/** The same where the kernel lacks the forward hook: this one remembers what netfilter may have translated. */
export const overlayTxWithoutForward: Table = {
  hook: 'overlay_tx',
  title: 'without the forward hook, what the host forwards is remembered here',
  context: { ifindex: DEVICE.overlay },
  constants: { forward_hook: 0 },
  rows: FAMILIES.flatMap(rememberedRows),
};

function fromHost(source: string, destination: string, options?: IpOptions): Packet {
  return eth(MAC.overlay, '00:00:00:00:00:00').ip(source, destination, options);
}

function deliveredRows(view: View): Row[] {
  const marks = { dscp: 46, ecn: 2 };
  return TUNNELS.flatMap(tunnel => {
    const to = view[tunnel.pod];
    return [
      {
        name: `${view.family} in ${tunnel.outer}: the node's own, with its hop limit`,
        sent: fromHost(view.host, to, marks).udp(4000, 53, 'q'),
        verdict: 'REDIRECT_OVERLAY',
        becomes: intoTunnel(
          tunnel.to,
          bare()
            .ip(view.host, to, { ttl: 64, ...marks })
            .udp(4000, 53, 'q'),
          marks,
        ),
        anything: OUTER_ANYTHING,
      },
      {
        name: `${view.family} in ${tunnel.outer}: a pod's that the stack has forwarded, one hop already off`,
        context: { ingressIfindex: DEVICE.pod },
        sent: fromHost(view.pod, to, { ttl: 63 }).tcp(4000, 80),
        verdict: 'REDIRECT_OVERLAY',
        becomes: intoTunnel(tunnel.to, bare().ip(view.pod, to, { ttl: 63 }).tcp(4000, 80)),
        anything: OUTER_ANYTHING,
        tracked: [trackedLine([view.pod, 4000], [to, 80], 'VIA_STACK_REPLY')],
      },
    ];
  });
}

function refusedRows(view: View): Row[] {
  const to = (what: string, destination: string, verdict: string): Row => ({
    name: `${view.family}: ${what}`,
    sent: fromHost(view.host, destination).udp(4000, 53, 'q'),
    verdict,
  });
  return [
    to('nothing leads to an address outside the cluster', view.outside, 'DROP_ROUTE_MISSING'),
    to('nothing leads to a pod on a direct route', view.directPod, 'DROP_ROUTE_MISSING'),
    to('nothing leads to a pod of this node', view.pod, 'DROP_ROUTE_MISSING'),
    to('multicast is not carried', view.multicast, 'DROP_MULTICAST'),
    {
      name: `${view.family}: what BPF cannot encapsulate goes on into the kernel's vxlan`,
      context: { gsoSize: 1200, gsoSegments: 2 },
      sent: fromHost(view.host, view.remotePod).tcp(4000, 80, { flags: 'ACK' }, Buffer.alloc(2400)),
      verdict: 'REDIRECT_KERNEL',
      action: 'next',
      becomes: eth(MAC.overlay, MAC.remoteOverlay)
        .ip(view.host, view.remotePod)
        .tcp(4000, 80, { flags: 'ACK' }, Buffer.alloc(2400)),
    },
    {
      name: `${view.family}: without an address of the tunnel's family there is no outer header`,
      given: {
        routes: [
          {
            prefix: view.family === 'ipv4' ? '10.2.0.0/24' : 'fd00:2::/64',
            kind: 'ROUTE_OVERLAY',
            node: 2,
            mtu: 1450,
            tunnel: IPV4.overlayNode,
            source: IPV6.own,
          },
        ],
      },
      sent: fromHost(view.host, view.remotePod).udp(4000, 53, 'q'),
      verdict: 'DROP_ENCAP',
    },
  ];
}

function notIpRows(): Row[] {
  return [
    {
      name: 'neither IPv4 nor IPv6 is carried',
      sent: eth(MAC.overlay, MAC.broadcast, { type: 0x88cc }).data('lldp'),
      verdict: 'DROP_ETHERTYPE',
    },
    {
      name: 'ARP is not carried',
      sent: eth(MAC.overlay, MAC.broadcast).arp('request', {
        senderMac: MAC.overlay,
        senderIp: IPV4.host,
        targetMac: '00:00:00:00:00:00',
        targetIp: IPV4.remotePod,
      }),
      verdict: 'DROP_ETHERTYPE',
    },
  ];
}

function rememberedRows(view: View): Row[] {
  const sent = fromHost(view.pod, view.remotePod, { ttl: 63 }).udp(4000, 53, 'q');
  return [
    {
      name: `${view.family}: a forwarded packet's answer will be known`,
      context: { ingressIfindex: DEVICE.pod },
      sent,
      verdict: 'REDIRECT_OVERLAY',
      tracked: [trackedLine([view.pod, 4000], [view.remotePod, 53], 'VIA_STACK_REPLY')],
    },
    {
      name: `${view.family}: the node's own packet is no forwarded one`,
      sent: fromHost(view.host, view.remotePod).udp(4000, 53, 'q'),
      verdict: 'REDIRECT_OVERLAY',
      tracked: [],
    },
  ];
}
