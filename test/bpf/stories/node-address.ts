// A node's own address that speaks to a pod through that node's tunnel: it is answered into the tunnel of whoever has it.
import { DEVICE, FAMILIES, IPV4, MAC, NODE, type View } from '../../support/bpf/cluster.ts';
import type { GivenRoute } from '../../support/bpf/given.ts';
import type { Step, Stories, Story } from '../../support/bpf/story.ts';
import { bare, eth } from '../../support/packet/packet.ts';
import { flow, trackedLine, type End } from '../tables/flow.ts';
import { icmpError } from '../tables/icmp-error.ts';
import { outOfTunnel } from '../tables/tunnel.ts';

export const nodeAddressStories: Stories = {
  title: "a node's own address",
  stories: FAMILIES.flatMap(storiesOf),
};

function storiesOf(view: View): Story[] {
  const [node, pod]: [End, End] = [
    [view.overlayNode, 4_000],
    [view.pod, 53],
  ];
  const asks = (from: string): Step => ({
    ...{ hook: 'uplink_rx', context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink } },
    sent: outOfTunnel(
      bare()
        .ip(...ends(node, pod))
        .udp(4_000, 53, 'q'),
      { from },
    ),
    ...{ verdict: 'REDIRECT_POD', tracked: [trackedLine(node, pod, 'TUNNEL')] },
  });
  const isAnswered = (verdict: string): Step => ({
    ...{ hook: 'pod_tx', context: { ifindex: DEVICE.pod }, verdict },
    sent: eth(MAC.pod, MAC.gateway)
      .ip(...ends(pod, node))
      .udp(53, 4_000, 'a'),
  });
  const [first, answered] = [asks(IPV4.overlayNode), isAnswered('REDIRECT_OVERLAY')];
  const asked = flow([view.pod, 4_000], [view.directPod, 53]);
  const quoted = bare().ip(view.pod, view.directPod).udp(4_000, 53, 'q');
  const about = icmpError(view, view.overlayNode, view.pod).with(quoted);
  const moved = { routes: [movedRoute(view)] };
  return [
    { name: `${view.family}: is answered into the tunnel that it came by`, steps: [first, answered] },
    {
      name: `${view.family}: what it says of another flow's packets does not bring that flow into the tunnel`,
      given: { conntrack: [asked] },
      steps: [
        {
          ...first,
          sent: outOfTunnel(about),
          tracked: [trackedLine([view.pod, 4_000], [view.directPod, 53])],
        },
      ],
    },
    {
      name: `${view.family}: also where its flow began outside of the tunnel`,
      given: { conntrack: [flow(node, pod)] },
      steps: [isAnswered('PASS_HOST'), { ...first, tracked: [reply(node, pod)] }, answered],
    },
    {
      name: `${view.family}: is answered into another node's tunnel once it has moved there, and has spoken from there`,
      steps: [
        first,
        answered,
        { ...isAnswered('PASS_HOST'), change: moved },
        { ...asks(IPV4.farOverlayNode), tracked: [reply(node, pod)] },
        answered,
      ],
    },
  ];
}

function ends([source]: End, [destination]: End): [source: string, destination: string] {
  return [source, destination];
}

function reply(node: End, pod: End): string {
  return trackedLine(node, pod, 'TUNNEL', 'SEEN_REPLY');
}

function movedRoute(view: View): GivenRoute {
  return {
    prefix: `${view.overlayNode}/${view.family === 'ipv4' ? 32 : 128}`,
    ...{ kind: 'ROUTE_OVERLAY', node: NODE.farOverlay, mtu: 1_450, flags: ['ROUTE_REPLY_ONLY'] },
    ...{ tunnel: IPV4.farOverlayNode, source: IPV4.own, vtepMac: MAC.remoteOverlay },
  };
}
