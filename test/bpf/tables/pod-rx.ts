import { DEVICE, FAMILIES, IPV4, MAC, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth } from '../../support/packet/packet.ts';
import { trackedLine } from './flow.ts';

/** What the host's stack hands to a pod. */
export const podRx: Table = {
  hook: 'pod_rx',
  title: "the host's stack reaches its pods",
  context: { ifindex: DEVICE.pod },
  rows: [
    ...FAMILIES.flatMap(passedRows),
    {
      name: 'ARP passes too',
      sent: eth(MAC.gateway, MAC.pod).arp('request', {
        senderMac: MAC.gateway,
        senderIp: IPV4.host,
        targetMac: '00:00:00:00:00:00',
        targetIp: IPV4.pod,
      }),
      verdict: 'PASS_POD',
    },
  ],
};

/** The same where the kernel lacks the forward hook. */
export const podRxWithoutForward: Table = {
  hook: 'pod_rx',
  title: 'without the forward hook, what the host forwards to a pod is remembered here',
  context: { ifindex: DEVICE.pod },
  constants: { forward_hook: 0 },
  rows: FAMILIES.flatMap(view => [...rememberedRows(view), ...refusedRows(view)]),
};

function passedRows(view: View): Row[] {
  return [
    {
      name: `${view.family}: from the node itself`,
      sent: eth(MAC.gateway, MAC.pod).ip(view.host, view.pod).udp(4000, 53, 'q'),
      verdict: 'PASS_POD',
      tracked: [trackedLine([view.host, 4000], [view.pod, 53], 'FROM_NODE')],
    },
    {
      name: `${view.family}: forwarded from outside`,
      context: { ingressIfindex: DEVICE.uplink },
      sent: eth(MAC.gateway, MAC.pod).ip(view.outside, view.pod).udp(4000, 53, 'q'),
      verdict: 'PASS_POD',
      tracked: [trackedLine([view.outside, 4000], [view.pod, 53])],
    },
  ];
}

function rememberedRows(view: View): Row[] {
  const { family, pod, sibling, remotePod, outside, host } = view;
  const to = (source: string) => eth(MAC.gateway, MAC.pod).ip(source, pod).udp(4000, 53, 'q');
  const context = { ingressIfindex: DEVICE.sibling };
  return [
    {
      name: `${family}: a sibling's packet that came through the stack`,
      context,
      sent: to(sibling),
      verdict: 'PASS_POD',
      tracked: [trackedLine([sibling, 4000], [pod, 53], 'VIA_STACK_REPLY')],
    },
    {
      name: `${family}: a remote pod's packet that came through the stack`,
      context: { ingressIfindex: DEVICE.overlay },
      sent: to(remotePod),
      verdict: 'PASS_POD',
      tracked: [trackedLine([remotePod, 4000], [pod, 53], 'VIA_STACK_REPLY')],
    },
    {
      name: `${family}: an answer to the outside takes no short cut`,
      context,
      sent: to(outside),
      verdict: 'PASS_POD',
      tracked: [trackedLine([outside, 4000], [pod, 53])],
    },
    {
      name: `${family}: the node's own packet`,
      sent: to(host),
      verdict: 'PASS_POD',
      tracked: [trackedLine([host, 4000], [pod, 53], 'FROM_NODE')],
    },
  ];
}

function refusedRows(view: View): Row[] {
  const to = (what: string, source: string, verdict: string): Row => ({
    name: `${view.family}: ${what}`,
    context: { ingressIfindex: DEVICE.nic2 },
    sent: eth(MAC.gateway, MAC.pod).ip(source, view.pod).udp(4000, 53, 'q'),
    verdict,
  });
  return [
    to("a sibling's source from another device is not the sibling", view.sibling, 'DROP_NATIVE_DEVICE'),
    to("a direct route's source from another device", view.directPod, 'DROP_NATIVE_DEVICE'),
    to('a source behind the overlay that came in plain', view.remotePod, 'DROP_NATIVE_SOURCE'),
  ];
}
