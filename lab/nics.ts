// Applies NIC profiles to the NICs, ports and routers of a lab.
import { basename } from 'node:path';
import { isIpv6 } from 'ip';
import { addAddress, ipIn, nftIn, setFeatures } from './iproute.ts';
import { harmsFrames } from './nic-plan.ts';
import type { NicSettings } from './nic-profile.ts';
import { impairPath } from './path.ts';
import { secondAddressesOf, secondNicAddressesOf, subnetsOf, type LabPlan, type NodePlan } from './plan.ts';

/** In the fabric: joins the second NICs. */
const SECOND_BRIDGE = 'brsecond';

export async function buildNics(plan: LabPlan): Promise<void> {
  setOffloads(plan);
  addSecondAddresses(plan);
  addSecondNics(plan);
  addVips(plan);
  narrowRouter(plan);
  const isSwitched = plan.options.underlay !== 'cable';
  for (const node of plan.nodes)
    if (isSwitched && (harmsFrames(node.nic) || node.nic.vlan0)) await impairPath(plan, node);
}

function setOffloads(plan: LabPlan): void {
  for (const { netns, nic } of plan.nodes) setFeatures(netns, { eth0: uplinkFeatures(nic) });
  if (plan.options.underlay === 'cable') return;
  const framed = plan.nodes.filter(({ nic }) => !nic.superPackets);
  setFeatures(plan.fabricNetns, Object.fromEntries(framed.map(({ name }) => [name, FRAMES_ONLY])));
  if (plan.nodes.some(({ nic }) => harmsFrames(nic)))
    setFeatures(plan.outside.netns, { eth0: ['tx', 'off', ...FRAMES_ONLY] });
}

/** GRO comes last: it begins when the receive queues poll (NAPI), which `gro on` starts. */
function uplinkFeatures({ gro, tso, gso, txChecksum }: NicSettings): string[] {
  return [
    ...(txChecksum ? [] : ['tx', 'off']),
    ...(tso ? [] : FRAMES_ONLY),
    ...(gso ? [] : ['gso', 'off']),
    ...['gro', gro ? 'on' : 'off'],
  ];
}

/** A device that takes frames only: whatever is larger is cut before it. */
const FRAMES_ONLY = ['tso', 'tx-udp-segmentation', 'tx-gso-list'].flatMap(feature => [feature, 'off']);

function addSecondAddresses(plan: LabPlan): void {
  const nodes = plan.nodes.filter(({ secondAddresses }) => secondAddresses.length > 0);
  for (const { netns, secondAddresses } of nodes)
    ipIn(
      netns,
      secondAddresses.map(address => addAddress('eth0', address)),
    );
  if (plan.options.underlay === 'cable') return;
  const gateways = subnetsOf({ nodes }).flatMap(subnet =>
    secondAddressesOf(plan.options, subnet, 1).map(address => addAddress(`br${subnet}`, address)),
  );
  ipIn(plan.fabricNetns, gateways);
}

function addSecondNics(plan: LabPlan): void {
  const nodes = plan.nodes.filter(({ secondNicAddresses }) => secondNicAddresses.length > 0);
  if (nodes.length === 0) return;
  const { mtu } = plan.options;
  ipIn(plan.fabricNetns, [
    `link add ${SECOND_BRIDGE} type bridge`,
    ...secondNicAddressesOf(plan.options, 1).map(address => addAddress(SECOND_BRIDGE, address)),
    `link set ${SECOND_BRIDGE} up`,
    ...nodes.flatMap(({ name, netns }) => [
      `link add ${name}b mtu ${mtu} type veth peer name eth1 mtu ${mtu} netns ${basename(netns)}`,
      `link set ${name}b master ${SECOND_BRIDGE} up`,
    ]),
  ]);
  for (const { netns, secondNicAddresses, nic } of nodes) {
    ipIn(netns, [...secondNicAddresses.map(address => addAddress('eth1', address)), 'link set eth1 up']);
    setFeatures(netns, { eth1: uplinkFeatures(nic) });
  }
  setFeatures(plan.fabricNetns, Object.fromEntries(nodes.map(({ name }) => [`${name}b`, FRAMES_ONLY])));
}

/** As keepalived and kube-vip add one: a host's own prefix on the uplink. */
function addVips(plan: LabPlan): void {
  for (const { netns, vips } of plan.nodes)
    ipIn(
      netns,
      vips.map(vip => `address add ${vip} dev eth0${isIpv6(vip) ? ' nodad' : ''}`),
    );
  ipIn(plan.fabricNetns, plan.nodes.flatMap(vipRoutes));
}

function vipRoutes({ vips, addresses }: NodePlan): string[] {
  return vips.flatMap(vip => {
    const via = addresses.find(address => isIpv6(address) === isIpv6(vip));
    return via === undefined ? [] : [`route add ${vip} via ${via}`];
  });
}

const DISCARD = `table inet router {
  chain out {
    type filter hook output priority 0
    icmp type destination-unreachable icmp code frag-needed drop
    icmpv6 type packet-too-big drop
  }
}
`;

/** Before the router looks at DF. */
const FRAGMENT = `table ip router {
  chain in {
    type filter hook prerouting priority raw
    ip frag-off 0x4000 ip frag-off set 0
  }
}
`;

function narrowRouter(plan: LabPlan): void {
  const narrow = plan.nodes.filter(({ nic }) => nic.routerMtu > 0);
  ipIn(
    plan.fabricNetns,
    narrow.map(({ subnet, nic }) => `link set br${subnet} mtu ${nic.routerMtu}`),
  );
  const ways = new Set(narrow.map(({ nic }) => nic.tooBig));
  if (ways.has('discard')) nftIn(plan.fabricNetns, DISCARD);
  if (ways.has('fragment')) nftIn(plan.fabricNetns, FRAGMENT);
}
