// The wires of a case's lab: every address of the case is a host of its own behind one router, which knows them all.
import { basename } from 'node:path';
import { familyOf, hostCidr, isIpv6, parseAddr } from 'ip';
import { addNetns, ipIn, writeSysctls } from '../../../lab/iproute.ts';
import type { CasePlan } from './plan.ts';

/** On every link of the router; nobody else has them. */
const ROUTER = { ipv4: '169.254.255.1', ipv6: 'fe80::fe' } as const;

export function buildWires({ lab, nodes, externals }: CasePlan): void {
  const { fabricNetns, outside } = lab;
  for (const netns of [fabricNetns, outside.netns, ...lab.nodes.map(node => node.netns)]) addNetns(netns);
  writeSysctls(fabricNetns, {
    'net.ipv4.ip_forward': '1',
    'net.ipv4.conf.all.rp_filter': '0',
    'net.ipv4.conf.default.rp_filter': '0',
    'net.ipv6.conf.all.forwarding': '1',
  });
  const addresses = externals.flatMap(({ ips }) => ips);
  ipIn(fabricNetns, routerEnd('outside', outside.netns, addresses));
  ipIn(outside.netns, hostEnd(addresses));
  for (const [i, node] of lab.nodes.entries()) {
    const { addresses: own, unnamed, podCidrs } = nodes[i] ?? { addresses: [], unnamed: [], podCidrs: [] };
    ipIn(fabricNetns, [...routerEnd(node.name, node.netns, own), ...podRoutes(node.name, own, podCidrs)]);
    ipIn(node.netns, [
      ...hostEnd(own),
      ...unnamed.map(address => `address add ${hostCidr(parseAddr(address))} dev lo`),
    ]);
  }
}

function routerEnd(device: string, netns: string, addresses: readonly string[]): string[] {
  return [
    `link add ${device} type veth peer name eth0 netns ${basename(netns)}`,
    `link set ${device} up`,
    `address add ${ROUTER.ipv4}/32 dev ${device}`,
    `address add ${ROUTER.ipv6}/64 dev ${device} nodad`,
    ...addresses.map(address => `route add ${hostCidr(parseAddr(address))} dev ${device}`),
  ];
}

function hostEnd(addresses: readonly string[]): string[] {
  return [
    'link set eth0 up',
    ...addresses.map(
      address => `address add ${hostCidr(parseAddr(address))} dev eth0${isIpv6(address) ? ' nodad' : ''}`,
    ),
    `route add ${ROUTER.ipv4}/32 dev eth0`,
    `route add default via ${ROUTER.ipv4} dev eth0`,
    `route add default via ${ROUTER.ipv6} dev eth0`,
  ];
}

/** Who is outside reaches pods as if the underlay knew them; with plain routing it has to. */
function podRoutes(device: string, own: readonly string[], podCidrs: readonly string[]): string[] {
  return podCidrs.flatMap(cidr => {
    const via = own.find(address => familyOf(address) === familyOf(cidr));
    return via === undefined ? [] : [`route add ${cidr} via ${via} dev ${device} onlink`];
  });
}
