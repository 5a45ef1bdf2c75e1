import { DEVICE, FAMILIES, IPV4, MAC, NODE, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { GivenFlow } from '../../support/bpf/given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { hostPath } from './flow.ts';
import { icmpError } from './icmp-error.ts';
import { fromPod } from './pod.ts';
import { intoTunnel, OUTER_ANYTHING } from './tunnel.ts';

/** Flows that a tunnel or the host brought go back the way they came. */
export const podTxAnswer: Table = {
  hook: 'pod_tx',
  title: 'a flow is answered along the path it came',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(view => [...tunnelRows(view), ...hostRows(view)]),
};

function tunnelRows(view: View): Row[] {
  const { family, pod, overlayNode } = view;
  const flow = {
    ...hostPath([overlayNode, 4000], [pod, 53]),
    flags: ['CT_TUNNEL'],
    node: NODE.overlay,
  };
  const sent = fromPod(view, overlayNode).udp(53, 4000, 'a');
  const row = (what: string, verdict: string, given: readonly GivenFlow[]): Row => ({
    name: `${family}: ${what}`,
    given: { conntrack: given },
    sent,
    verdict,
  });
  return [
    {
      ...row("a node's own address is answered into the tunnel that it used", 'REDIRECT_OVERLAY', [flow]),
      becomes: intoTunnel(IPV4.overlayNode, bare().ip(pod, overlayNode, { ttl: 63 }).udp(53, 4000, 'a')),
      anything: OUTER_ANYTHING,
    },
    {
      ...row(
        "also past a qdisc of the pod's device, of whose way back the stack knows nothing",
        'REDIRECT_OVERLAY',
        [flow],
      ),
      given: {
        conntrack: [flow],
        ifaces: [{ ifindex: DEVICE.pod, mac: MAC.pod, podId: POD_ID.pod, flags: ['IFACE_SLOW_PATH'] }],
      },
    },
    row('what that tunnel did not bring goes to the host', 'PASS_HOST', []),
    row("another node's tunnel is not its", 'PASS_HOST', [{ ...flow, node: NODE.direct }]),
    row('what came through netfilter goes back there', 'PASS_HOST_PATH', [
      { ...flow, flags: ['CT_VIA_STACK_REPLY', 'CT_TUNNEL'] },
    ]),
  ];
}

function hostRows(view: View): Row[] {
  const { family, pod, remotePod } = view;
  const given = { conntrack: [hostPath([remotePod, 4000], [pod, 53])] };
  const row = (what: string, sent: Packet, before: readonly Packet[] = []): Row => ({
    name: `${family}: ${what} of a translated flow goes to the host`,
    given,
    before,
    sent,
    verdict: 'PASS_HOST_PATH',
  });
  const answer = fromPod(view, remotePod).udp(53, 4000, 'a'.repeat(40));
  const [first = answer, later = answer] = fragmentPacket(answer, 16);
  const error = icmpError(view, pod, remotePod).with(bare().ip(remotePod, pod).udp(4000, 53));
  return [
    row('an answer', answer),
    row('an ICMP error', eth(MAC.pod, MAC.gateway).with(error)),
    row('a first fragment', first),
    row('a later fragment', later, [first]),
    {
      name: `${family}: another flow of the same pods goes its own way`,
      given,
      sent: fromPod(view, remotePod).udp(53, 4001, 'a'),
      verdict: 'REDIRECT_OVERLAY',
    },
  ];
}
