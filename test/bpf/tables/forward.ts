import { FAMILIES, MAC, NODE, VNI, POD_ID, VXLAN_PORT, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { flow, hostPath, trackedLine } from './flow.ts';
import { directRoutesOnNoDevice } from './policy-forward.ts';
import { icmpError } from './icmp-error.ts';

/** A test run of netfilter knows no ingress device: there that is 0. Real ones: live-forward. */
const NO_DEVICE = 0;

/** Netfilter's FORWARD: after DNAT, before SNAT. */
export const forward: Table = {
  hook: 'forward',
  title: 'what netfilter forwards between pods will come back through it',
  rows: FAMILIES.flatMap(view => [...rememberedRows(view), ...forgottenRows(view), ...refusedRows(view)]),
};

/** This node's pods and its direct routes, all behind it. */
function podsOnNoDevice(view: View): Partial<Given> {
  return {
    endpoints: [view.pod, view.sibling].map(addr => ({
      addr,
      kind: 'ENDPOINT_LOCAL_POD',
      node: NODE.own,
      ifindex: NO_DEVICE,
      podId: POD_ID.pod,
      mac: MAC.pod,
    })),
    ...directRoutesOnNoDevice(),
  };
}

function routed(source: string, destination: string): Packet {
  return eth(MAC.gateway, MAC.overlay).ip(source, destination);
}

function rememberedRows(view: View): Row[] {
  const bySecondUplink: Row = {
    name: `${view.family}: from a remote pod to one of this node, by another uplink than its route's`,
    given: { ifaces: [{ ifindex: NO_DEVICE, kind: 'IFACE_UPLINK' }] },
    sent: routed(view.directPod, view.pod).udp(4000, 53, 'q'),
    verdict: 'PASS_HOST_PATH',
    tracked: [trackedLine([view.directPod, 4000], [view.pod, 53], 'VIA_STACK_REPLY')],
  };
  const pairs = [
    ['a pod of this node to its sibling', view.pod, view.sibling],
    ['a pod of this node to a remote one', view.pod, view.remotePod],
    ['a remote pod to one of this node', view.directPod, view.pod],
  ] as const;
  const rows = pairs.map(([what, source, destination]): Row => ({
    name: `${view.family}: from ${what}`,
    given: podsOnNoDevice(view),
    sent: routed(source, destination).udp(4000, 53, 'q'),
    verdict: 'PASS_HOST_PATH',
    tracked: [trackedLine([source, 4000], [destination, 53], 'VIA_STACK_REPLY')],
  }));
  return [...rows, bySecondUplink];
}

function forgottenRows(view: View): Row[] {
  const { family, pod, remotePod, sibling, outside } = view;
  const later = fragmentPacket(routed(pod, sibling).udp(1, 2, 'x'.repeat(20)), 16)[1];
  const error = icmpError(view, pod, remotePod);
  const row = (what: string, verdict: string, sent: Packet): Row => ({
    name: `${family}: ${what}`,
    given: podsOnNoDevice(view),
    sent,
    verdict,
    tracked: [],
  });
  return [
    {
      ...row(
        'to the outside there is no short cut',
        'PASS_UNMANAGED',
        routed(pod, outside).udp(4000, 53, 'q'),
      ),
      tracked: [trackedLine([pod, 4000], [outside, 53])],
    },
    row(
      'from an address of our pod CIDR that no pod has',
      'PASS_UNMANAGED',
      routed(view.nobody, outside).udp(4000, 53, 'q'),
    ),
    row("somebody else's traffic", 'PASS_UNMANAGED', routed(outside, view.stranger).udp(4000, 53, 'q')),
    row('an echo reply opens no flow', 'PASS_HOST_PATH', routed(pod, sibling).echo(7, { reply: true })),
    row('a later fragment opens no flow', 'PASS_HOST_PATH', later ?? routed(pod, sibling)),
    row('an ICMP error opens no flow', 'PASS_HOST_PATH', eth(MAC.gateway, MAC.overlay).with(error)),
    {
      ...row(
        'an ICMP error about a flow brings no answers here',
        'PASS_HOST_PATH',
        eth(MAC.gateway, MAC.overlay)
          .with(icmpError(view, view.directPod, pod))
          .with(bare().ip(pod, view.directPod).udp(4000, 53)),
      ),
      given: { ...podsOnNoDevice(view), conntrack: [flow([pod, 4000], [view.directPod, 53])] },
      tracked: [trackedLine([pod, 4000], [view.directPod, 53])],
    },
    {
      ...row('an answer opens no flow', 'PASS_HOST_PATH', routed(pod, sibling).udp(53, 4000, 'a')),
      given: { ...podsOnNoDevice(view), conntrack: [hostPath([sibling, 4000], [pod, 53])] },
      tracked: [trackedLine([sibling, 4000], [pod, 53], 'SEEN_REPLY', 'VIA_STACK_REPLY')],
    },
  ];
}

function refusedRows(view: View): Row[] {
  const { family, pod, sibling, remotePod, directPod, overlayNode, outside, own, host } = view;
  const forged: readonly (readonly [what: string, sent: Packet])[] = [
    ["this node's underlay address, to a pod", routed(own, pod).udp(4000, 53, 'q')],
    ["heddle0's, to a pod", routed(host, pod).udp(4000, 53, 'q')],
    ['this node, by an echo', routed(own, pod).echo(7)],
    ['this node, to a remote pod', routed(own, remotePod).udp(4000, 53, 'q')],
    ['this node, to the outside', routed(host, outside).udp(4000, 53, 'q')],
  ];
  const vxlan = (source: string, destination: string): Packet =>
    routed(source, destination).udp(50_000, VXLAN_PORT).vxlan(VNI, eth(MAC.pod, MAC.sibling));
  return [
    ...forged.map(([what, sent]): Row => ({
      name: `${family}: a forwarded packet is never this node's, whatever its source says: ${what}`,
      sent,
      verdict: 'DROP_NATIVE_SOURCE',
    })),
    {
      name: `${family}: a pod's source that came in by another device is not the pod`,
      sent: routed(pod, sibling).udp(4000, 53, 'q'),
      verdict: 'DROP_NATIVE_DEVICE',
    },
    {
      name: `${family}: a direct route's source that came in by another device than its uplink`,
      sent: routed(directPod, pod).udp(4000, 53, 'q'),
      verdict: 'DROP_NATIVE_DEVICE',
    },
    {
      name: `${family}: a source behind the overlay that came in plain`,
      sent: routed(remotePod, pod).udp(4000, 53, 'q'),
      verdict: 'DROP_NATIVE_SOURCE',
    },
    {
      name: `${family}: VXLAN of a pod that DNAT has turned towards a node`,
      given: podsOnNoDevice(view),
      sent: vxlan(pod, overlayNode),
      verdict: 'DROP_POD_TUNNEL',
    },
    {
      name: `${family}: VXLAN of a pod towards an address that no table has`,
      given: podsOnNoDevice(view),
      sent: vxlan(pod, outside),
      verdict: 'DROP_POD_TUNNEL',
    },
    {
      name: `${family}: VXLAN from outside towards a node`,
      given: podsOnNoDevice(view),
      sent: vxlan(outside, overlayNode),
      verdict: 'DROP_POD_TUNNEL',
    },
    {
      name: `${family}: VXLAN between two hosts that this node routes for`,
      given: podsOnNoDevice(view),
      sent: vxlan(outside, view.stranger),
      verdict: 'PASS_UNMANAGED',
    },
  ];
}
