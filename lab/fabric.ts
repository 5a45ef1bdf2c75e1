// Builds the lab's underlay: namespaces, bridges, gateways and an outside host; nics.ts applies NIC profiles.
import { basename } from 'node:path';
import { addAddress, addNetns, ipIn, writeSysctls } from './iproute.ts';
import { isIpv6 } from 'ip';
import { buildNics } from './nics.ts';
import { outsideAddresses, subnetsOf, underlayAddresses, type LabPlan, type NodePlan } from './plan.ts';

/** Builds everything but pods and daemons. */
export async function buildFabric(plan: LabPlan): Promise<void> {
  const { fabricNetns, outside, nodes } = plan;
  for (const netns of [fabricNetns, outside.netns, ...nodes.map(node => node.netns)]) addNetns(netns);
  writeSysctls(fabricNetns, { 'net.ipv4.ip_forward': '1', 'net.ipv6.conf.all.forwarding': '1' });
  ipIn(fabricNetns, [...subnetBridges(plan), ...nodeLinks(plan), ...outsideLink(plan), ...gateways(plan)]);
  ipIn(fabricNetns, podRoutes(plan));
  ipIn(outside.netns, hostAddresses(outside.addresses, outsideAddresses(plan.options, 1)));
  for (const node of nodes) ipIn(node.netns, nodeAddresses(plan, node));
  await buildNics(plan);
}

function subnetBridges(plan: LabPlan): string[] {
  return subnetsOf(plan).map(subnet => `link add br${subnet} type bridge`);
}

function nodeLinks(plan: LabPlan): string[] {
  const { mtu, underlay } = plan.options;
  if (underlay === 'cable')
    return cable(
      mtu,
      plan.nodes.map(node => node.netns),
    );
  return plan.nodes.flatMap(node => [
    `link add ${node.name} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${basename(node.netns)}`,
    `link set ${node.name} master br${node.subnet} up`,
  ]);
}

/** Commands, to be given in any other namespace: the first of the two makes both ends. */
export function cable(mtu: number, netns: readonly string[]): string[] {
  const ends = netns.map((path, i) => ({ name: `cable${i + 1}`, namespace: basename(path) }));
  return [
    `link add cable1 mtu ${mtu} type veth peer name cable2 mtu ${mtu}`,
    ...ends.map(({ name, namespace }) => `link set ${name} netns ${namespace} name eth0`),
  ];
}

function outsideLink(plan: LabPlan): string[] {
  return [`link add outside type veth peer name eth0 netns ${basename(plan.outside.netns)}`];
}

function gateways(plan: LabPlan): string[] {
  const ofSubnets = subnetsOf(plan).flatMap(subnet => [
    ...underlayAddresses(plan.options, subnet, 1).map(addr => addAddress(`br${subnet}`, addr)),
    `link set br${subnet} up`,
  ]);
  const ofOutside = outsideAddresses(plan.options, 1).map(addr => addAddress('outside', addr));
  return [...ofSubnets, ...ofOutside, 'link set outside up'];
}

/** Direct routing across subnets needs routes to pods in the underlay: static ones in place of BGP. */
function podRoutes(plan: LabPlan): string[] {
  const { encapsulation, underlay } = plan.options;
  if (encapsulation !== 'never' || underlay === 'flat' || underlay === 'cable') return [];
  return plan.nodes.flatMap(node =>
    node.podCidrs.flatMap(cidr => {
      const via = node.addresses.find(addr => isIpv6(addr) === isIpv6(cidr));
      return via === undefined ? [] : [`route add ${cidr} via ${via}`];
    }),
  );
}

function nodeAddresses(plan: LabPlan, node: NodePlan): string[] {
  return hostAddresses(node.addresses, underlayAddresses(plan.options, node.subnet, 1));
}

function hostAddresses(addresses: readonly string[], routers: readonly string[]): string[] {
  return [
    ...addresses.map(addr => addAddress('eth0', addr)),
    'link set eth0 up',
    ...routers.map(router => `route add default via ${router}`),
  ];
}
