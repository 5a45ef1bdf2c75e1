import { CLUSTER } from '../../support/bpf/cluster-given.ts';
import { DEVICE, FAMILIES, IPV4, IPV6, MAC, OVERLAY6_NODE, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { bare, eth } from '../../support/packet/packet.ts';
import { outOfTunnel } from './tunnel.ts';

/** Kernels before 6.3 have no flag for a change of family in decapsulation: a receiving device must set the protocol. */
export const uplinkRxDecapOldKernel: Table = {
  hook: 'uplink_rx',
  title: 'where the kernel lacks DECAP_L3 flags',
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  constants: { decap_l3_flags: 0 },
  rows: [...FAMILIES.flatMap(sameFamilyRows), ...handedOverRows(), shortRow()],
};

/** overlay_rx is that device's hook: what was handed over for this reason goes on to the pod. */
export const overlayRxHandedOver: Table = {
  hook: 'overlay_rx',
  title: 'what uplink_rx handed over to change the family goes on to its pod',
  context: { ifindex: DEVICE.overlay, ingressIfindex: DEVICE.overlay },
  constants: { decap_l3_flags: 0 },
  rows: FAMILIES.flatMap(handedOnRows),
};

/** A qdisc of the pod's device sees them all, from a node's own address without the stack, which could refuse it. */
function handedOnRows(view: View): Row[] {
  const { family, pod } = view;
  const endpoints = CLUSTER.endpoints
    .filter(({ addr }) => addr === pod)
    .map(endpoint => ({ ...endpoint, flags: ['IFACE_SLOW_PATH'] }));
  const from = (what: string, source: string, verdict: string): Row => ({
    name: `${family}${what}`,
    sent: eth(MAC.gateway, MAC.overlay).ip(source, pod).udp(53, 4000, 'answer'),
    ...(verdict === 'PASS_VALIDATED_EARLIER'
      ? {}
      : { becomes: eth(MAC.gateway, MAC.pod).ip(source, pod, { ttl: 63 }).udp(53, 4000, 'answer') }),
    verdict,
  });
  return [
    from('', view.remotePod, 'REDIRECT_POD'),
    {
      ...from(": past the pod's qdisc only by the stack", view.remotePod, 'PASS_VALIDATED_EARLIER'),
      given: { endpoints },
    },
    {
      ...from(", from a node's own address: through it", view.overlayNode, 'REDIRECT_POD'),
      given: { endpoints },
    },
  ];
}

function sameFamilyRows(view: View): Row[] {
  const from = view.family === 'ipv4' ? IPV4.overlayNode : OVERLAY6_NODE;
  const source = view.family === 'ipv4' ? view.remotePod : view.pod6;
  return [
    {
      name: `${view.family} in ${view.family} is delivered as ever`,
      sent: outOfTunnel(bare().ip(source, view.pod).udp(53, 4000, 'a'), { from }),
      verdict: 'REDIRECT_POD',
      becomes: eth(MAC.gateway, MAC.pod).ip(source, view.pod, { ttl: 63 }).udp(53, 4000, 'a'),
    },
  ];
}

function handedOverRows(): Row[] {
  const pairs = [
    { name: 'ipv6 in IPv4', from: IPV4.overlayNode, source: IPV6.remotePod, pod: IPV6.pod },
    { name: 'ipv4 in IPv6', from: OVERLAY6_NODE, source: IPV4.pod6, pod: IPV4.pod },
  ];
  return pairs.map(({ name, from, source, pod }) => {
    const inner = bare().ip(source, pod).udp(53, 4000, 'as long as an IPv6 header');
    return {
      name: `${name} is handed over on the overlay device`,
      sent: outOfTunnel(inner, { from }),
      verdict: 'REDIRECT_HOST',
      becomes: eth(MAC.gateway, MAC.overlay).with(inner),
    };
  });
}

/** bpf_skb_adjust_room() leaves no less than the outer IP header has. */
function shortRow(): Row {
  return {
    name: "ipv4 in IPv6, shorter than an IPv6 header, is left to the kernel's vxlan",
    sent: outOfTunnel(bare().ip(IPV4.pod6, IPV4.pod).udp(53, 4000, 'a'), { from: OVERLAY6_NODE }),
    verdict: 'PASS_VALIDATED_TUNNEL',
  };
}
