import { DEVICE, FAMILIES, MAC, NODE, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { hostPath, trackedLine } from './flow.ts';
import { icmpError } from './icmp-error.ts';
import { outOfTunnel } from './tunnel.ts';

/** Conntrack's entries are kept for so long without a packet (UDP). */
const TIMEOUT_MS = 180_000;

/** What netfilter translated must come back through netfilter. */
export const uplinkRxHostPath: Table = {
  hook: 'uplink_rx',
  title: 'a flow that went through the host comes back through the host',
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  rows: FAMILIES.flatMap(view => [
    ...tunnelRows(view),
    ...nativeRows(view),
    ...slowRows(view),
    ...agedRows(view),
  ]),
};

function tunnelRows(view: View): Row[] {
  const { family, remotePod, pod } = view;
  const given = { conntrack: [hostPath([pod, 4000], [remotePod, 53])] };
  const answer = bare().ip(remotePod, pod).udp(53, 4000, 'a'.repeat(40));
  const row = (what: string, inner: Packet, before: readonly Packet[] = []): Row => ({
    name: `${family}: ${what}, out of a tunnel, is handed over on the overlay device`,
    given,
    before: before.map(packet => outOfTunnel(packet)),
    sent: outOfTunnel(inner),
    verdict: 'PASS_HOST_PATH',
    action: 'redirect',
    becomes: eth(MAC.gateway, MAC.overlay).with(inner),
  });
  const [first = answer, later = answer] = fragmentPacket(answer, 16);
  return [
    row('an answer', answer),
    row(
      'an ICMP error about it',
      icmpError(view, remotePod, pod).with(bare().ip(pod, remotePod).udp(4000, 53)),
    ),
    row('its first fragment', first),
    row('a later fragment', later, [first]),
    {
      name: `${family}: another flow of the same pods is delivered past the host`,
      given,
      sent: outOfTunnel(bare().ip(remotePod, pod).udp(53, 4001, 'a')),
      verdict: 'REDIRECT_POD',
    },
  ];
}

function nativeRows(view: View): Row[] {
  const { family, directPod, pod } = view;
  const answer = eth(MAC.directUplink, MAC.uplink).ip(directPod, pod).udp(53, 4000, 'a');
  return [
    {
      name: `${family}: an answer on a direct route goes on as it came`,
      given: { conntrack: [hostPath([pod, 4000], [directPod, 53])] },
      sent: answer,
      verdict: 'PASS_HOST_PATH',
    },
    {
      name: `${family}: what expires on a direct route goes on as it came`,
      sent: eth(MAC.directUplink, MAC.uplink).ip(directPod, pod, { ttl: 1 }).udp(53, 4000, 'a'),
      verdict: 'PASS_TTL',
    },
  ];
}

function slowRows(view: View): Row[] {
  const { family, remotePod, directPod, pod } = view;
  const inner = bare().ip(remotePod, pod).udp(53, 4000, 'a');
  const slow = {
    endpoints: [
      {
        addr: pod,
        kind: 'ENDPOINT_LOCAL_POD',
        node: NODE.own,
        ifindex: DEVICE.pod,
        podId: POD_ID.pod,
        mac: MAC.pod,
        flags: ['IFACE_SLOW_PATH'],
      },
    ],
  } as const;
  return [
    {
      name: `${family}: a qdisc on the pod's device is not passed by, out of a tunnel`,
      given: slow,
      sent: outOfTunnel(inner),
      verdict: 'PASS_SLOW_PATH',
      action: 'redirect',
      becomes: eth(MAC.gateway, MAC.overlay).with(inner),
    },
    {
      name: `${family}: a qdisc on the pod's device is not passed by, on a direct route`,
      given: slow,
      sent: eth(MAC.directUplink, MAC.uplink).ip(directPod, pod).udp(53, 4000, 'a'),
      verdict: 'PASS_SLOW_PATH',
    },
  ];
}

function agedRows(view: View): Row[] {
  const { family, remotePod, pod, overlayNode } = view;
  const flow = hostPath([pod, 4000], [remotePod, 53]);
  return [
    {
      name: `${family}: an entry that nothing has met for three minutes counts no more`,
      given: { conntrack: [{ ...flow, ageMs: TIMEOUT_MS + 1_000 }] },
      sent: outOfTunnel(bare().ip(remotePod, pod).udp(53, 4000, 'a')),
      verdict: 'REDIRECT_POD',
    },
    {
      name: `${family}: a node's own address is remembered with its tunnel`,
      sent: outOfTunnel(bare().ip(overlayNode, pod).udp(4000, 53, 'q')),
      verdict: 'REDIRECT_POD',
      tracked: [trackedLine([overlayNode, 4000], [pod, 53], 'TUNNEL')],
    },
    {
      name: `${family}: an error from a node's own address opens no flow`,
      sent: outOfTunnel(icmpError(view, overlayNode, pod).with(bare().ip(pod, remotePod).udp(4000, 53))),
      verdict: 'REDIRECT_POD',
      tracked: [],
    },
    {
      name: `${family}: a pod's flow is answered by its address alone`,
      sent: outOfTunnel(bare().ip(remotePod, pod).udp(4000, 53, 'q')),
      verdict: 'REDIRECT_POD',
      tracked: [trackedLine([remotePod, 4000], [pod, 53])],
    },
  ];
}
